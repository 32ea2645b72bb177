/* The names of what can be redacted: one list for the configuration and for triage, whose patterns
 * they name. */
#ifndef MODEL_REDACTION_H
#define MODEL_REDACTION_H

/* String literals with SEPARATOR between them. */
#define REDACTION_KINDS(SEPARATOR)                                                                 \
    "aws-keys" SEPARATOR "bearer-tokens" SEPARATOR "jwts" SEPARATOR "passwords" SEPARATOR          \
    "private-keys" SEPARATOR "emails" SEPARATOR "card-numbers"

#endif
