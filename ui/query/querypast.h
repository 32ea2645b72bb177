/* Queries that were typed, kept over runs in one small file. Several kubeboards may share it. */
#ifndef UI_QUERYPAST_H
#define UI_QUERYPAST_H

#include "model/question.h"
#include "ui/prompt.h"

enum { QUERYPAST_MOST = 200 }; /* of both languages together */

/* $XDG_STATE_HOME/kubeboard (~/.local/state by default), or NULL without a home. free() it. */
char *querypast_folder(void);

/*
 * FOLDER/queries, a line each: its language and a blank before it. Readable by its owner alone. Reads
 * it into the prompt's histories; a file that has grown beyond twice QUERYPAST_MOST lines is cut to its
 * newest. No folder (NULL) or no file: nothing. What is wrong with the file is no error: history is a
 * comfort.
 */
void querypast_load(const char *folder, struct prompt *p);
/* Adds one: a single append, so that no other writer's is lost. Makes the folder (0700). */
void querypast_add(const char *folder, enum question_language language, const char *text);

#endif
