// loop.c - libvips over many pictures in one process, as its users would write it: one thread, each
// row read once, 4:2:0 as the others.
//
//   loop TARGET FILE...      best milliseconds for a picture of two passes
#include <stdio.h>
#include <time.h>
#include <vips/vips.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int convert(const char *path, const char *target)
{
    VipsImage *image = vips_image_new_from_file(path, "access", VIPS_ACCESS_SEQUENTIAL, NULL);
    if (image == NULL)
        return -1;
    int status =
        vips_jpegsave(image, target, "Q", 90, "subsample_mode", VIPS_FOREIGN_SUBSAMPLE_ON, NULL);
    g_object_unref(image);
    return status;
}

int main(int argc, char **argv)
{
    double best = 1e12;
    if (argc < 3 || VIPS_INIT(argv[0]) != 0)
        return 2;
    vips_concurrency_set(1);
    vips_cache_set_max(0);
    for (int round = 0; round < 2; round++) {
        double start = now();
        for (int i = 2; i < argc; i++)
            if (convert(argv[i], argv[1]) != 0) {
                fprintf(stderr, "%s: %s\n", argv[i], vips_error_buffer());
                return 1;
            }
        double took = now() - start;
        best = took < best ? took : best;
    }
    printf("%.3f\n", best / (argc - 2));
    vips_shutdown();
    return 0;
}
