/*
 * Each frame every cell is handed to ncurses, which finds out what changed (measured: 1 % of a core
 * at 20 frames a second). Bytes are read by getch, not get_wch, which loses characters whose bytes
 * arrive apart. A character whose width ncurses sees otherwise than we do is replaced, since all
 * columns behind it would shift.
 */
#include "ui/terminal/terminal.h"

#include <curses.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include "base/utf8.h"
#include "ui/keys.h"
#include "ui/terminal/colour.h"

enum { ESCAPE_MS = 25, PAIRS = 255, WIDE_MAX = CCHARW_MAX, ROW_MAX = 1000, REPLACEMENT = 0xfffd };

struct look {
    bool known;
    attr_t attributes;
    short pair;
};

static struct {
    SCREEN *screen;
    bool colour, cursor;
    int colours;
    struct {
        int32_t fg, bg;
    } pairs[PAIRS + 1];
    short pair_count;
    struct look looks[ROLE_COUNT_][ROLE_COUNT_]; /* by role and what lies over it */
} terminal;

struct special_key {
    int code;
    int32_t key;
};

static const struct special_key specials[] = {
    {KEY_UP, KEYS_UP},       {KEY_DOWN, KEYS_DOWN},  {KEY_LEFT, KEYS_LEFT},
    {KEY_RIGHT, KEYS_RIGHT}, {KEY_PPAGE, KEYS_PGUP}, {KEY_NPAGE, KEYS_PGDN},
    {KEY_HOME, KEYS_HOME},   {KEY_END, KEYS_END},    {KEY_BTAB, KEYS_BACKTAB},
    {KEY_DC, KEYS_DELETE},   {KEY_IC, KEYS_INSERT},  {KEY_BACKSPACE, KEYS_BACKSPACE},
    {KEY_ENTER, KEYS_ENTER}, {KEY_A1, KEYS_HOME},    {KEY_A3, KEYS_PGUP},
    {KEY_C1, KEYS_END},      {KEY_C3, KEYS_PGDN},
};

static bool refuse(struct err *err, const char *what)
{
    return err_set(err, ERR_USAGE, "terminal",
                   "set TERM to what your terminal is (TERM=xterm-256color), or print one frame "
                   "with --once",
                   "%s", what);
}

static bool can_place_cursor(void)
{
    char name[] = "cup";
    const char *cup = tigetstr(name);
    return cup && cup != (const char *)-1;
}

static void set_modes(bool mouse)
{
    raw();
    noecho();
    nonl();
    set_escdelay(ESCAPE_MS);
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    leaveok(stdscr, TRUE);
    curs_set(0);
    if (mouse)
        mousemask(BUTTON1_PRESSED | BUTTON1_CLICKED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
    mouseinterval(0);
}

static void set_colours(bool colour)
{
    terminal.colour = colour && start_color() == OK && has_colors();
    if (terminal.colour)
        use_default_colors();
    terminal.colours = terminal.colour ? COLORS : 1;
    terminal.pair_count = 0;
}

/* Over ssh TERM often names a terminal that this machine has no entry for; its kin does as well. */
static SCREEN *open_screen(const char *name)
{
    static const struct {
        const char *family, *kin;
    } families[] = {
        {"xterm", "xterm-256color"},   {"alacritty", "xterm-256color"},
        {"foot", "xterm-256color"},    {"wezterm", "xterm-256color"},
        {"kitty", "xterm-256color"},   {"ghostty", "xterm-256color"},
        {"konsole", "xterm-256color"}, {"gnome", "xterm-256color"},
        {"vte", "xterm-256color"},     {"tmux", "screen-256color"},
        {"screen", "screen"},          {"rxvt", "rxvt"},
    };
    SCREEN *screen = newterm(name, stdout, stdin);
    for (size_t i = 0; !screen && i < sizeof families / sizeof *families; i++)
        if (strncmp(name, families[i].family, strlen(families[i].family)) == 0)
            screen = newterm(families[i].kin, stdout, stdin);
    return screen;
}

bool terminal_start(bool colour, bool mouse, struct err *err)
{
    const char *name = getenv("TERM");
    if (terminal.screen)
        return true;
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return err_set(err, ERR_USAGE, "terminal", "run it in one, or print one frame with --once",
                       "standard input or output is none");
    if (!name || !name[0])
        return refuse(err, "TERM is not set");
    terminal.screen = open_screen(name);
    if (!terminal.screen)
        return err_set(err, ERR_USAGE, "terminal",
                       "set TERM to one that this machine knows (TERM=xterm-256color, TERM=xterm), "
                       "or print one frame with --once",
                       "TERM=%s is unknown here", name);
    if (!can_place_cursor()) {
        terminal_stop();
        return refuse(err, "this terminal cannot place its cursor");
    }
    set_modes(mouse);
    set_colours(colour);
    return true;
}

void terminal_stop(void)
{
    if (!terminal.screen)
        return;
    endwin();
    delscreen(terminal.screen);
    terminal.screen = NULL;
}

bool terminal_is_started(void)
{
    return terminal.screen != NULL;
}

void terminal_suspend(void)
{
    sigset_t stop, before;
    struct sigaction fresh = {.sa_handler = SIG_DFL}, old;
    if (!terminal.screen)
        return;
    endwin();
    sigemptyset(&stop);
    sigaddset(&stop, SIGTSTP);
    sigaction(SIGTSTP, &fresh, &old);
    kill(0, SIGTSTP);
    pthread_sigmask(SIG_UNBLOCK, &stop, &before); /* stops here */
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    sigaction(SIGTSTP, &old, NULL);
    terminal_redraw();
    refresh();
}

void terminal_resize(int *width, int *height)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col && size.ws_row &&
        (size.ws_col != COLS || size.ws_row != LINES))
        resizeterm(size.ws_row, size.ws_col);
    *width = COLS;
    *height = LINES;
}

void terminal_redraw(void)
{
    if (terminal.screen)
        clearok(curscr, TRUE);
}

void terminal_send(struct str sequence)
{
    while (terminal.screen && sequence.n) {
        ssize_t n = write(STDOUT_FILENO, sequence.p, sequence.n);
        struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
        if (n < 0 && errno == EAGAIN)
            poll(&out, 1, -1);
        else if (n < 0 && errno != EINTR)
            return;
        sequence.p += n > 0 ? n : 0;
        sequence.n -= n > 0 ? (size_t)n : 0;
    }
}

static bool is_gone(int error)
{
    struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
    if (error && error != EAGAIN && error != EINTR)
        return true;
    return poll(&in, 1, 0) > 0 && in.revents & (POLLHUP | POLLERR | POLLNVAL);
}

/* As is_gone, for a read that gave nothing although poll says that there is something: the end. */
static bool is_at_end(void)
{
    struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
    return poll(&in, 1, 0) > 0 && in.revents & POLLIN;
}

static bool read_mouse(struct terminal_event *out)
{
    MEVENT event;
    if (getmouse(&event) != OK)
        return false;
    out->x = event.x;
    out->y = event.y;
    out->wheel = event.bstate & BUTTON4_PRESSED ? -1 : event.bstate & BUTTON5_PRESSED ? 1 : 0;
    return true;
}

static int32_t special(int code)
{
    for (size_t i = 0; i < sizeof specials / sizeof *specials; i++)
        if (specials[i].code == code)
            return specials[i].key;
    if (code > KEY_F0 && code <= KEY_F(12))
        return KEYS_F1 + code - KEY_F(1);
    return KEYS_NONE;
}

enum terminal_read terminal_read(struct terminal_event *out)
{
    for (int empty = 0; empty < 2;) {
        errno = 0;
        int c = wgetch(stdscr);
        if (c == ERR) {
            if (is_gone(errno))
                return TERMINAL_GONE;
            if (!is_at_end())
                return TERMINAL_NOTHING;
            empty++;
            continue;
        }
        if (c == KEY_MOUSE && read_mouse(out))
            return TERMINAL_MOUSE;
        out->byte = c < 256 ? c : special(c);
        if (out->byte != KEYS_NONE || c == 0)
            return TERMINAL_KEY;
    }
    return TERMINAL_GONE;
}

static short pair_of(int32_t fg, int32_t bg)
{
    if (fg == COLOUR_DEFAULT && bg == COLOUR_DEFAULT)
        return 0;
    for (short i = 1; i <= terminal.pair_count; i++)
        if (terminal.pairs[i].fg == fg && terminal.pairs[i].bg == bg)
            return i;
    if (terminal.pair_count == PAIRS || terminal.pair_count + 1 >= COLOR_PAIRS)
        return 0;
    short i = ++terminal.pair_count;
    terminal.pairs[i].fg = fg;
    terminal.pairs[i].bg = bg;
    int f = fg == COLOUR_DEFAULT ? -1 : fg & 0xffffff,
        b = bg == COLOUR_DEFAULT ? -1 : bg & 0xffffff;
    init_extended_pair(i, f, b);
    return i;
}

static const struct look *look_of(const struct theme *theme, uint8_t role, uint8_t over)
{
    struct look *l = &terminal.looks[role][over];
    if (l->known)
        return l;
    struct theme_style s = theme_style(theme, role, terminal.colours);
    if (over != ROLE_TEXT)
        s = theme_lay(s, theme_style(theme, over, terminal.colours));
    l->attributes = (s.attributes & THEME_BOLD ? A_BOLD : 0) |
                    (s.attributes & THEME_DIM ? A_DIM : 0) |
                    (s.attributes & THEME_ITALIC ? A_ITALIC : 0) |
                    (s.attributes & THEME_UNDERLINE ? A_UNDERLINE : 0) |
                    (s.attributes & THEME_REVERSE ? A_REVERSE : 0);
    l->pair = terminal.colour ? pair_of(s.fg, s.bg) : 0;
    l->known = true;
    return l;
}

/* The cell's characters as ncurses takes them: one that has columns, then marks that have none. */
static void widen(const struct cells_cell *cell, wchar_t out[WIDE_MAX + 1])
{
    size_t count = 0;
    for (size_t i = 0; i < cell->n && count < WIDE_MAX;) {
        uint32_t code;
        i += utf8_decode(cell->text + i, cell->n - i, &code);
        int width = wcwidth((wchar_t)code);
        if (count ? width == 0 : width == cell->width)
            out[count++] = (wchar_t)code;
        else if (!count)
            break;
    }
    if (!count)
        out[count++] = MB_CUR_MAX > 1 ? REPLACEMENT : L'?';
    out[count] = L'\0';
}

static void show_row(const struct cells *cells, const struct theme *theme, int y)
{
    static cchar_t row[ROW_MAX];
    wchar_t text[WIDE_MAX + 1];
    int n = 0;
    for (int x = 0; x < cells->width;) {
        const struct cells_cell *cell = cells_at(cells, x, y);
        const struct look *l = look_of(theme, cell->role, cell->over);
        widen(cell, text);
        setcchar(&row[n++], text, l->attributes, l->pair, NULL);
        bool narrowed = cell->width == 2 && wcwidth(text[0]) == 1;
        if (narrowed)
            setcchar(&row[n++], L" ", l->attributes, l->pair, NULL);
        x += cell->width;
    }
    mvadd_wchnstr(y, 0, row, n);
}

static void show(void *to, const struct cells *cells, const struct theme *theme)
{
    (void)to;
    memset(terminal.looks, 0, sizeof terminal.looks);
    erase();
    for (int y = 0; y < cells->height && y < LINES; y++)
        show_row(cells, theme, y);
    bool cursor = cells->cursor_x >= 0;
    if (cursor != terminal.cursor) {
        curs_set(cursor ? 1 : 0);
        leaveok(stdscr, !cursor);
        terminal.cursor = cursor;
    }
    if (cursor)
        move(cells->cursor_y, cells->cursor_x);
    refresh();
}

const struct screen terminal_screen = {"terminal", show};
