/*
 * An append of one line by one write is whole whoever else appends; only the cutting renames the file,
 * and for that the folder is locked against other cutters. A line that another kubeboard appends in that
 * very moment may go with the old file: it is one line of history.
 */
#include "ui/query/querypast.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/utf8.h"

enum { LINE_MOST = 4200, FILE_MOST = 4 << 20 };

static const char *const names[] = {[QUESTION_LOGQL] = "logql", [QUESTION_PROMQL] = "promql"};
static const enum prompt_kind kinds[] = {
    [QUESTION_LOGQL] = PROMPT_QUERY, [QUESTION_PROMQL] = PROMPT_PROMQL};

char *querypast_folder(void)
{
    const char *xdg = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    if (xdg && xdg[0] == '/')
        return mem_printf("%s/kubeboard", xdg);
    return home && home[0] == '/' ? mem_printf("%s/.local/state/kubeboard", home) : NULL;
}

static void take_line(struct prompt *p, struct str line)
{
    struct str name;
    if (line.n > LINE_MOST || !utf8_valid(line) || !str_cut(&line, ' ', &name))
        return;
    for (size_t i = 0; i < line.n; i++)
        if ((unsigned char)line.p[i] < ' ')
            return;
    for (int i = 0; i < 2; i++) {
        if (!str_is(name, names[i]))
            continue;
        char *text = mem_dup_n(line.p, line.n);
        prompt_learn(p, kinds[i], text);
        free(text);
    }
}

/* The last QUERYPAST_MOST lines in the place of all. */
static void cut(const char *folder, const char *path, struct str all)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    size_t lines = 0, at = all.n;
    if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (fd >= 0)
            close(fd);
        return;
    }
    while (at && lines <= QUERYPAST_MOST)
        lines += all.p[--at] == '\n';
    if (at)
        file_write_atomic(path, all.p + at + 1, all.n - at - 1, 0600, NULL);
    close(fd);
}

static char *path_in(const char *folder)
{
    return mem_printf("%s/queries", folder);
}

void querypast_load(const char *folder, struct prompt *p)
{
    struct buf all;
    struct stat st;
    size_t lines = 0;
    if (!folder)
        return;
    char *path = path_in(folder);
    buf_init(&all, FILE_MOST);
    if (lstat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= FILE_MOST &&
        file_read(path, &all, NULL)) {
        struct str rest = buf_str(&all), line;
        while (str_cut(&rest, '\n', &line)) {
            take_line(p, line);
            lines++;
        }
        if (lines > 2 * (size_t)QUERYPAST_MOST)
            cut(folder, path, buf_str(&all));
    }
    buf_free(&all);
    free(path);
}

void querypast_add(const char *folder, enum question_language language, const char *text)
{
    if (!folder || !text[0] || strlen(text) > LINE_MOST - 10 || strpbrk(text, "\n\r") ||
        !file_make_folders(folder, 0700, NULL))
        return;
    char *path = path_in(folder), *line = mem_printf("%s %s\n", names[language], text);
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
    struct stat st;
    if (fd >= 0) {
        if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size < FILE_MOST) {
            ssize_t n = write(fd, line, strlen(line));
            (void)n; /* a full disk costs a line of history */
        }
        close(fd);
    }
    free(line);
    free(path);
}
