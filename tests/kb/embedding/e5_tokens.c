/* The C engine's tokens, which its library keeps to itself: built beside its source when the tests want them. */
#include "e5.c"

int tokens_of(e5_model *model, const char *text, int *found, int room) {
    return tok_content(&model->tok, text, found, room);
}
