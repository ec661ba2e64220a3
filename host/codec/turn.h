// turn.h - what makes a stored picture upright.
#pragma once

#include <stdbool.h>

// First transposed, then mirrored.
struct turn {
    bool transpose, mirror_x, mirror_y;
};

// For an EXIF orientation; anything but 2 to 8 is upright already.
static inline struct turn turn_of(int orientation)
{
    int o = orientation < 1 || orientation > 8 ? 1 : orientation;
    return (struct turn){o >= 5, o == 2 || o == 3 || o == 6 || o == 7,
                         o == 3 || o == 4 || o == 7 || o == 8};
}

static inline bool turn_is_none(struct turn turn)
{
    return !turn.transpose && !turn.mirror_x && !turn.mirror_y;
}
