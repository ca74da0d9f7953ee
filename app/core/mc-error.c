#include "mc-error.h"

G_DEFINE_QUARK (mc-store-error-quark, mc_store_error)
