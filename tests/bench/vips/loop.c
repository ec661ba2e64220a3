// loop.c - libvips over many pictures in one process, as its users would write it: each row read
// once, 4:2:0 as the others, one thread a picture.
//
//   loop THREADS WIDTH TARGET FILE...      JSON: best milliseconds of a picture of two passes, wall
//                                          and CPU; wider ones are fitted, as `vipsthumbnail` does
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <vips/vips.h>

#define MOST_THREADS 16
#define ANY_HEIGHT 10000000

struct work {
    char **files;
    int count, width, number;
    const char *target;
    gint *next; // shared: the next picture
};

static double now(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static VipsImage *read_picture(const char *path, int width)
{
    VipsImage *image = vips_image_new_from_file(path, "access", VIPS_ACCESS_SEQUENTIAL, NULL);
    if (image == NULL || vips_image_get_width(image) <= width)
        return image;
    g_object_unref(image);
    image = NULL;
    vips_thumbnail(path, &image, width, "height", ANY_HEIGHT, "size", VIPS_SIZE_DOWN, NULL);
    return image;
}

static void convert(const char *path, int width, const char *target)
{
    VipsImage *image = read_picture(path, width);
    if (image == NULL || vips_jpegsave(image, target, "Q", 90, "subsample_mode",
                                       VIPS_FOREIGN_SUBSAMPLE_ON, NULL) != 0) {
        fprintf(stderr, "%s: %s\n", path, vips_error_buffer());
        exit(1);
    }
    g_object_unref(image);
}

static void *run(void *data)
{
    const struct work *work = data;
    char target[4096];
    snprintf(target, sizeof target, "%s.%d.jpg", work->target, work->number);
    for (int i; (i = g_atomic_int_add(work->next, 1)) < work->count;)
        convert(work->files[i], work->width, target);
    vips_thread_shutdown();
    return NULL;
}

static void pass(struct work work, int threads)
{
    GThread *running[MOST_THREADS];
    struct work each[MOST_THREADS];
    gint next = 0;
    for (int i = 0; i < threads; i++) {
        each[i] = work;
        each[i].number = i;
        each[i].next = &next;
        running[i] = g_thread_new("loop", run, &each[i]);
    }
    for (int i = 0; i < threads; i++)
        g_thread_join(running[i]);
}

int main(int argc, char **argv)
{
    double wall = 1e12, cpu = 1e12;
    int threads = argc > 4 ? atoi(argv[1]) : 0;
    if (threads < 1 || threads > MOST_THREADS || VIPS_INIT(argv[0]) != 0)
        return 2;
    struct work work = {argv + 4, argc - 4, atoi(argv[2]), 0, argv[3], NULL};
    vips_concurrency_set(1);
    vips_cache_set_max(0);
    for (int round = 0; round < 2; round++) {
        double start = now(CLOCK_MONOTONIC), used = now(CLOCK_PROCESS_CPUTIME_ID);
        pass(work, threads);
        double took = now(CLOCK_MONOTONIC) - start;
        used = now(CLOCK_PROCESS_CPUTIME_ID) - used;
        wall = took < wall ? took : wall;
        cpu = used < cpu ? used : cpu;
    }
    printf("{\"ms\": %.3f, \"cpu\": %.3f}\n", wall / work.count, cpu / work.count);
    vips_shutdown();
    return 0;
}
