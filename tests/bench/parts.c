// parts.c - parts of a conversion by themselves. Any failure ends the program.
#include "parts.h"

#include "clock.h"
#include "codec/decoders.h"
#include "sys/channel.h"
#include "worker_client.h"
#include <fcntl.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void give_up(const char *what)
{
    fprintf(stderr, "pictures: %s\n", what);
    exit(1);
}

// ---- PNG ----------------------------------------------------------------------------------------

struct source {
    const uint8_t *bytes;
    size_t left;
};

static uint8_t *load(const char *path, size_t *length)
{
    struct stat facts;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &facts) != 0)
        give_up(path);
    *length = (size_t)facts.st_size;
    uint8_t *bytes = malloc(*length);
    if (!bytes || pread(fd, bytes, *length, 0) != (ssize_t)*length)
        give_up(path);
    close(fd);
    return bytes;
}

static void on_read(png_structp png, png_bytep out, png_size_t length)
{
    struct source *source = png_get_io_ptr(png);
    if (length > source->left)
        png_error(png, "cut");
    memcpy(out, source->bytes, length);
    source->bytes += length;
    source->left -= length;
}

// As its manual has it, rows into one block; libpng ends the program when something is wrong.
static void decode_plainly(const uint8_t *bytes, size_t length)
{
    struct source source = {bytes, length};
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    if (!info)
        give_up("no memory");
    png_set_read_fn(png, &source, on_read);
    png_read_info(png, info);
    size_t stride = png_get_rowbytes(png, info), height = png_get_image_height(png, info);
    uint8_t *pixels = malloc(stride * height);
    if (!pixels)
        give_up("no memory");
    for (size_t y = 0; y < height; y++)
        png_read_row(png, pixels + y * stride, NULL);
    png_read_end(png, NULL);
    png_destroy_read_struct(&png, &info, NULL);
    free(pixels);
}

static void decode_ours(const uint8_t *bytes, size_t length)
{
    struct codec_job job = {.kind = CODEC_CONVERT, .bytes = bytes, .size = length};
    struct codec_answer answer = {0};
    struct run run = {&job, &answer};
    struct image image = {0};
    job.options.max_pixels = CODEC_MAX_PIXELS;
    if (png_decode(&run, bytes, length, &image) != 0)
        give_up(answer.message);
    image_free(&image);
}

static double time_of(void (*decode)(const uint8_t *, size_t), const uint8_t *bytes, size_t length)
{
    double start = now(CLOCK_THREAD_CPUTIME_ID);
    decode(bytes, length);
    return now(CLOCK_THREAD_CPUTIME_ID) - start;
}

int parts_png(int rounds, char **files, int count)
{
    double ours = 0, plain = 0;
    for (int i = 0; i < count; i++) {
        size_t length;
        uint8_t *bytes = load(files[i], &length);
        double least_ours = 0, least_plain = 0;
        for (int round = 0; round < rounds; round++) {
            keep_least(&least_ours, time_of(decode_ours, bytes, length));
            keep_least(&least_plain, time_of(decode_plainly, bytes, length));
        }
        ours += least_ours / count;
        plain += least_plain / count;
        free(bytes);
    }
    printf("{\"ours\": %.3f, \"libpng\": %.3f}\n", ours, plain);
    return 0;
}

// ---- apart --------------------------------------------------------------------------------------

static bool store(void *context, size_t at, const uint8_t *bytes, size_t length)
{
    return channel_copy_in(*(const int *)context, at, bytes, length) == 0;
}

// What a worker does with the same job, without a worker: the result goes into memory as well.
static double convert_here(int source, int memory, uint64_t size)
{
    struct codec_answer answer;
    struct codec_job job = {.kind = CODEC_CONVERT, .fd = source, .size = size, .store = store};
    job.context = &memory;
    job.options.quality = 90;
    job.options.max_pixels = CODEC_MAX_PIXELS;
    double start = now(CLOCK_MONOTONIC);
    codec_run(&job, &answer);
    double took = now(CLOCK_MONOTONIC) - start;
    if (answer.status != CODEC_OK)
        give_up(answer.message);
    codec_answer_free(&answer);
    return took;
}

static double convert_there(const struct client *client, int source, int memory)
{
    struct codec_answer answer;
    double start = now(CLOCK_MONOTONIC);
    client_ask(client, source, memory, 0);
    client_wait(client, &answer);
    return now(CLOCK_MONOTONIC) - start;
}

int parts_apart(const char *program, int rounds, const char *path)
{
    enum { STRETCH = 10 }; // neither finds the other's cache
    struct client client;
    struct stat facts;
    double here = 0, there = 0;
    int source = open(path, O_RDONLY | O_CLOEXEC), memory = channel_memory(CODEC_MAX_FILE);
    if (source < 0 || memory < 0 || fstat(source, &facts) != 0)
        give_up(path);
    client_open(&client, program);
    for (int i = 0; i < rounds * STRETCH * 2; i++) {
        if (i / STRETCH % 2)
            keep_least(&there, convert_there(&client, source, memory));
        else
            keep_least(&here, convert_here(source, memory, (uint64_t)facts.st_size));
    }
    printf("{\"here\": %.4f, \"there\": %.4f}\n", here, there);
    client_close(&client);
    close(source);
    close(memory);
    return 0;
}
