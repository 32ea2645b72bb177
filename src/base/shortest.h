/* A number as Go prints it, and so kubectl. */
#ifndef BASE_SHORTEST_H
#define BASE_SHORTEST_H

enum { SHORTEST_TEXT = 48 };

/* Whole ones whole, others in the fewest digits that read back equal, by powers ("1.5e+06") from a
 * million on and below a ten-thousandth. Returns out. */
char *shortest_text(double number, char out[SHORTEST_TEXT]);

#endif
