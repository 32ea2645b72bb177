/*
 * The XML that S3 and STS answer: elements, text, entities, comments. Strict and bounded; no DTD,
 * no entities but the five and numbers.
 */
#ifndef STORE_S3_XML_H
#define STORE_S3_XML_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

enum { S3_XML_DEPTH = 16, S3_XML_PATH = 512, S3_XML_TEXT = 64 * 1024 };

/*
 * Calls back at the end of every element: the names from the root down, joined by slashes
 * ("ListBucketResult/Contents/Key"), and the element's text, decoded, as far as it stands behind
 * its last child; valid until the callback returns. False from the callback stops (the result is
 * true then). ERR_PROTOCOL for what is no such XML, with the offset.
 */
bool s3_xml_scan(struct str xml, void *context,
                 bool (*element)(void *context, const char *path, struct str text),
                 struct err *err);

#endif
