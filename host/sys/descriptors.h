// descriptors.h - what a child program must not inherit.
#pragma once

// Marks every descriptor but stdin, stdout and stderr close-on-exec: libraries open sockets without
// it. Any thread; where the system cannot, nothing happens.
void descriptors_keep(void);
