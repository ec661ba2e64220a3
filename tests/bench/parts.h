// parts.h - parts of a conversion by themselves, each in turns with what it is measured against.
#pragma once

// Decodes each PNG by our reader and by libpng alone; one line of JSON: sums of the least CPU
// milliseconds.
int parts_png(int rounds, char **files, int count);
// Converts a file in this process and in a worker; one line of JSON: least milliseconds of wall
// time. The difference is all that a worker costs: process, socket and sandbox.
int parts_apart(const char *program, int rounds, const char *path);
