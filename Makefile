# affiche: `make demo` and `make test` need nothing but a fresh Debian 12.

PREFIX ?= /usr/local
CC = gcc
PKGS = lua5.4 libuv libmicrohttpd libcurl libwebp libwebpdemux libpng libjpeg lcms2 sqlite3 openssl
WARN = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Werror
HARDEN = -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection -fcf-protection
CFLAGS ?= -O2 -g
B ?= build
ROOT ?= .
SANITIZE ?=

SRC := $(wildcard host/*.c host/prim/*.c host/sys/*.c host/codec/*.c)
OBJ := $(SRC:%.c=$(B)/%.o)
PRIMS := $(notdir $(basename $(wildcard host/prim/*.c)))
BIN ?= affiche
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE $(WARN) $(CFLAGS) $(if $(SANITIZE),,$(HARDEN)) -fPIE $(SANITIZE) \
	-Ihost -I$(B) $(shell pkg-config --cflags $(PKGS)) -DAFFICHE_ROOT='"$(ROOT)"'
LIBS = $(shell pkg-config --libs $(PKGS)) -lgif -lpthread -lm

all: $(BIN)

$(BIN): $(OBJ)
	$(CC) $(SANITIZE) -pie -Wl,-z,relro,-z,now -Wl,-E $(LDFLAGS) -o $@ $^ $(LIBS)

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# The registry of primitives is the listing of host/prim.
$(B)/prims.inc: $(wildcard host/prim) Makefile
	@mkdir -p $(@D)
	@for p in $(PRIMS); do echo "PRIM_ENTRY($$p)"; done > $@
$(B)/host/api.o: $(B)/prims.inc

clean:
	rm -rf build affiche

.PHONY: all clean
-include $(OBJ:.o=.d)

# Makes the test pictures and measures results; part of no program.
$(B)/tools/mkmedia: $(wildcard tests/tools/*.c) tests/tools/media.h
	@mkdir -p $(@D)
	$(CC) -std=c11 -D_GNU_SOURCE $(WARN) $(CFLAGS) $(SANITIZE) -o $@ $(filter %.c,$^) \
		$(shell pkg-config --cflags --libs libwebp libwebpmux libpng libjpeg lcms2) -lgif -lm
