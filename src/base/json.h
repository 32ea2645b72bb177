/* JSON read (by cJSON, which no other file includes) and written. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/shortest.h"
#include "base/str.h"

struct json; /* a value inside a parsed document; valid until the document is parsed again or freed
              */
struct json_doc; /* the document and its memory: parsing again reuses it, so a doc per parser is
                    cheap and fast */

struct json_doc *json_doc_new(void);
void json_doc_free(struct json_doc *d); /* NULL is allowed */

/* Parses n bytes (no NUL needed behind them). NULL and *err (ERR_PROTOCOL, with the offset) when
 * they are no JSON or nest deeper than 200. Thread-safe as long as each thread has its own doc.
 * Strings end at \u0000: text that may hold one is unescaped by json_unescape instead. */
const struct json *json_parse(struct json_doc *d, const char *p, size_t n, struct err *err);

/* Members. `path` is names joined by dots ("status.phase", "spec.containers.0.name"), "" the value
 * itself: for names that may hold a dot use json_member. All accept NULL and give NULL (or the default) for what is
 * absent or of another type. */
const struct json *json_get(const struct json *j, const char *path);
const struct json *json_member(const struct json *j, const char *name);
const char *json_string(const struct json *j, const char *path, const char *otherwise);
int64_t json_int(const struct json *j, const char *path,
                 int64_t otherwise); /* numbers, and strings that hold one */
double json_number(const struct json *j, const char *path,
                   double otherwise); /* also "NaN", "+Inf" strings */
bool json_bool(const struct json *j, const char *path, bool otherwise);

/* Arrays and objects: for (e = json_first(j); e; e = json_next(e)). */
const struct json *json_first(const struct json *j);
const struct json *json_next(const struct json *j);
const char *json_name(const struct json *j);  /* of a member, else NULL */
const char *json_value(const struct json *j); /* the text of a string, else NULL */
size_t json_count(const struct json *j);
bool json_is_object(const struct json *j);
bool json_is_array(const struct json *j);
bool json_is_null(const struct json *j);
bool json_is_true(const struct json *j);
bool json_is_number(const struct json *j);
double json_as_number(const struct json *j, double otherwise);
/* The text of a whole number that a double may not hold, but 64 bits do; else NULL. */
const char *json_digits(const struct json *j);
/* A number as Go prints it, and so kubectl: json_digits, or shortest_text in `out`. */
const char *json_number_text(const struct json *j, char out[SHORTEST_TEXT]);

/* Unescapes the inside of a JSON string (without its quotes) into out, NUL bytes kept; lone
 * surrogates become U+FFFD. False when an escape is broken or out is full: nothing is added then. */
bool json_unescape(struct buf *out, struct str inside);

/*
 * The members of an object as they stand in its text, one after the other and without building
 * them: the time is that of looking at its bytes once, however long the text is. What is inside a
 * member's object or array is only looked at for its end.
 */
struct json_scan {
    struct str rest;
    bool whole; /* once json_scan_next said false: the object ended as it should */
};
bool json_scan_open(struct json_scan *s, struct str text); /* false: this is no object */
/* name: the inside of its string, value: all of it, both as they stand; they lie in the text. False:
 * that was all, or what follows is no member. */
bool json_scan_next(struct json_scan *s, struct str *name, struct str *value);

/* Writing: compact JSON into a buf; commas are put in by themselves. Check b.over at the end. */
struct json_out {
    struct buf *b;
    bool comma;
};
void json_out_object(struct json_out *o,
                     const char *name); /* name NULL: an element of an array, or the root */
void json_out_array(struct json_out *o, const char *name);
void json_out_end_object(struct json_out *o);
void json_out_end_array(struct json_out *o);
void json_out_string(struct json_out *o, const char *name,
                     struct str value); /* invalid UTF-8 becomes U+FFFD */
void json_out_text(struct json_out *o, const char *name, const char *value); /* NULL writes null */
void json_out_int(struct json_out *o, const char *name, int64_t value);
void json_out_number(struct json_out *o, const char *name,
                     double value); /* shortest text that reads back equal; NaN, Inf: null */
void json_out_bool(struct json_out *o, const char *name, bool value);
void json_out_json(struct json_out *o, const char *name,
                   const struct json *value); /* a parsed value, as it was */
/* The quotes included. What could steer a terminal (C1, DEL, bidi and invisible controls) is written
 * as \uXXXX. */
void json_out_escape(struct buf *b, struct str text);
/* A parsed value with two blanks of indent and a newline at its end, as `get -o json` prints it. */
void json_out_pretty(struct buf *b, const struct json *value);

#endif
