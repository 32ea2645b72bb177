/* Whether the words that stand in one place of otherwise equal templates are values. */
#ifndef TRIAGE_FAMILY_JUDGE_H
#define TRIAGE_FAMILY_JUDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* Bytes that the words have in common before and behind what differs: "user=" of user=root and
 * user=rita. They end and begin with a mark, or are empty. */
struct family_affix {
    size_t before, behind;
};
struct family_affix family_judge_affix(const struct str *words, size_t count);

/* How many words of the template are the same in all, being in no place of `loose`, and tell
 * something: letters, not values. The name of a member tells half as much as a word. */
int family_judge_constants(struct str text, uint64_t loose);

/* Whether a verb stands at the place: "failed to …", "trying to …". */
bool family_judge_is_verb(struct str text, unsigned place);

/* Whether what stands behind the first `before` bytes of the word is the text of a message: that of
 * msg="…". */
bool family_judge_is_message(struct str word, size_t before);

/* Whether the words, which are different, are values. `seen`: one of them was found to be one in
 * another message. `text` is one of the templates and `loose` has a bit for each place that is not
 * the same in all of them, `place` among these. */
bool family_judge(const struct str *words, size_t count, bool seen, struct str text, unsigned place,
                  uint64_t loose);

#endif
