/*
 * What the environment and the profile files of AWS say, in the order of the SDKs: the first source
 * that is configured counts, even when it fails later.
 * https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
 */
#ifndef STORE_AWS_SETTINGS_H
#define STORE_AWS_SETTINGS_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

enum aws_settings_source {
    AWS_SETTINGS_STATIC,       /* AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN */
    AWS_SETTINGS_WEB_IDENTITY, /* AWS_ROLE_ARN, AWS_WEB_IDENTITY_TOKEN_FILE (IRSA); a profile's */
    AWS_SETTINGS_PROFILE,      /* keys of a profile */
    AWS_SETTINGS_CONTAINER,    /* AWS_CONTAINER_CREDENTIALS_… (EKS Pod Identity, ECS) */
    AWS_SETTINGS_INSTANCE,     /* IMDSv2 of an EC2 instance */
    AWS_SETTINGS_NONE          /* nothing, and the instance may not be asked */
};

/* Owned; strings may be NULL. */
struct aws_settings {
    enum aws_settings_source source;
    char *words;               /* the source for a person: "static keys (AWS_ACCESS_KEY_ID)" */
    char *id, *secret, *token; /* of static keys and of a profile */
    char *role_arn, *token_file, *session_name;
    char *sts_url;
    char *container_url, *container_token_file, *container_token;
    char *metadata_url; /* of the instance */
    char *region, *region_from;
    char *s3_endpoint;
    char *ca_bundle;
};

/* Reads small local files: blocks. NULL and ERR_CONFIG for half a pair of keys, a profile that is
 * missing or needs what is not built (it is named). */
struct aws_settings *aws_settings_read(struct err *err);
void aws_settings_free(struct aws_settings *s); /* secrets are overwritten; NULL is allowed */

/* The keys of a profile anew (someone may refresh the file): fills id, secret and token of s. */
bool aws_settings_reread(struct aws_settings *s, struct err *err);

#endif
