/* One profile of ~/.aws/credentials and ~/.aws/config (the INI form of botocore). */
#ifndef STORE_AWS_PROFILE_H
#define STORE_AWS_PROFILE_H

#include <stdbool.h>

#include "base/err.h"

/* Owned; strings may be NULL. */
struct aws_profile {
    bool found;
    char *aws_access_key_id, *aws_secret_access_key, *aws_session_token;
    char *region, *role_arn, *web_identity_token_file, *role_session_name, *endpoint_url;
    /* The name of a setting that kubeboard does not follow ("sso_session"), or "". */
    char unsupported[40];
};

/* The named profile of both files (AWS_SHARED_CREDENTIALS_FILE, AWS_CONFIG_FILE). Files that are
 * missing are passed over; ERR_CONFIG for one that cannot be read. */
bool aws_profile_load(struct aws_profile *p, const char *name, struct err *err);
void aws_profile_free_inner(struct aws_profile *p);

#endif
