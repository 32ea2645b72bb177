#include "ui/terminal/colour.h"

#include <stddef.h>

enum { NAMES = 8, CUBE = 16, GREYS = 232, PALETTE = 256 };

static const char *const names[NAMES] = {"black", "red",     "green", "yellow",
                                         "blue",  "magenta", "cyan",  "white"};
static const uint32_t first_16[16] = {0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd,
                                      0x00cdcd, 0xe5e5e5, 0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00,
                                      0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff};

static bool named(struct str text, int32_t *out)
{
    int32_t bright = 0;
    if (str_starts(text, "bright-")) {
        bright = NAMES;
        text.p += 7;
        text.n -= 7;
    }
    for (int32_t i = 0; i < NAMES; i++) {
        if (str_is(text, names[i])) {
            *out = i + bright;
            return true;
        }
    }
    return false;
}

static bool hex(struct str text, int32_t *out)
{
    uint32_t rgb = 0;
    if (text.n != 7)
        return false;
    for (size_t i = 1; i < text.n; i++) {
        char c = text.p[i];
        uint32_t digit;
        if (c >= '0' && c <= '9')
            digit = (uint32_t)(c - '0');
        else if ((c | 32) >= 'a' && (c | 32) <= 'f')
            digit = (uint32_t)((c | 32) - 'a' + 10);
        else
            return false;
        rgb = rgb << 4 | digit;
    }
    *out = (int32_t)(COLOUR_RGB | rgb);
    return true;
}

bool colour_parse(struct str text, int32_t *out)
{
    int64_t index;
    if (str_is(text, "default")) {
        *out = COLOUR_DEFAULT;
        return true;
    }
    if (text.n && text.p[0] == '#')
        return hex(text, out);
    if (str_to_int(text, &index) && index >= 0 && index < PALETTE) {
        *out = (int32_t)index;
        return true;
    }
    return named(text, out);
}

uint32_t colour_rgb(int index)
{
    static const uint32_t steps[] = {0, 95, 135, 175, 215, 255};
    if (index < CUBE)
        return first_16[index < 0 ? 0 : index];
    if (index >= GREYS) {
        uint32_t grey = (uint32_t)(8 + (index - GREYS) * 10);
        return grey << 16 | grey << 8 | grey;
    }
    int i = index - CUBE;
    return steps[i / 36] << 16 | steps[i / 6 % 6] << 8 | steps[i % 6];
}

static uint32_t distance(uint32_t a, uint32_t b)
{
    uint32_t sum = 0;
    for (int shift = 0; shift <= 16; shift += 8) {
        int32_t d = (int32_t)(a >> shift & 255) - (int32_t)(b >> shift & 255);
        sum += (uint32_t)(d * d);
    }
    return sum;
}

static int32_t nearest(uint32_t rgb, int from, int to)
{
    int best = from;
    for (int i = from; i < to; i++)
        if (distance(rgb, colour_rgb(i)) < distance(rgb, colour_rgb(best)))
            best = i;
    return best;
}

int32_t colour_nearest(int32_t colour, int colours)
{
    if (colour == COLOUR_DEFAULT || colours < NAMES)
        return COLOUR_DEFAULT;
    bool rgb = colour & COLOUR_RGB;
    if (colours > PALETTE)
        return rgb || colour < NAMES ? colour : (int32_t)(COLOUR_RGB | colour_rgb(colour));
    if (!rgb && colour < colours)
        return colour;
    uint32_t wanted = rgb ? (uint32_t)colour & 0xffffff : colour_rgb(colour);
    if (colours == PALETTE)
        return nearest(wanted, CUBE, PALETTE);
    if (colours >= 16)
        return nearest(wanted, 0, 16);
    /* Of a bright name the plain one, not the nearest: bright red stays red. */
    return (!rgb && colour < 16 ? colour : nearest(wanted, 0, 16)) % NAMES;
}
