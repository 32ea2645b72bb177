# One non-recursive Makefile: a static library a room, and link lines that are the walls between the rooms
# (a unit test of a room links only the rooms that it may include). `make help` lists the targets.

BUILD ?= release
CC    ?= gcc
ifeq ($(origin CC),default)
CC := gcc
endif
PREFIX ?= /usr/local
HEADLESS ?=
OUT   := build/$(BUILD)$(if $(HEADLESS),-headless)$(if $(filter-out gcc,$(CC)),-$(notdir $(CC)))

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:

# What is installed, asked once; installs what is missing by `make deps`. GNU make starts again when it was made anew.
ifeq ($(filter clean help deps deps-test deps-check,$(MAKECMDGOALS)),)
include build/config.mk
endif
build/config.mk: packaging/deps packaging/probe
	@mkdir -p build
	@packaging/deps build
	@packaging/probe >$@.new && mv $@.new $@

# Short lines; V=1 shows the whole commands.
V ?=
CORES = $(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$(shell nproc))
Q  := $(if $(V),,@)
say = $(if $(V),,@echo '  $(1)  $(2)')

# ---- flags ----
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Werror=implicit-function-declaration
HARD := -fPIE -fvisibility=hidden -fstack-protector-strong -fstack-clash-protection -Wformat -Werror=format-security
LHARD := -pie -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack
FLAGS_release  := -O2 -g1 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
FLAGS_debug    := -O0 -g3
FLAGS_asan     := -O1 -g -fno-omit-frame-pointer -fsanitize=address
FLAGS_ubsan    := -O1 -g -fno-omit-frame-pointer -fsanitize=undefined -fno-sanitize-recover=all
FLAGS_tsan     := -O1 -g -fsanitize=thread
FLAGS_coverage := -O0 -g --coverage
FLAGS_fuzz     := -O1 -g -fsanitize=fuzzer-no-link,address,undefined
ifndef FLAGS_$(BUILD)
$(error BUILD=$(BUILD) is unknown: release debug asan ubsan tsan coverage fuzz)
endif
VERSION := $(shell cat packaging/version)
CPPFLAGS += -D_GNU_SOURCE -DKUBEBOARD_VERSION='"$(VERSION)"' $(if $(HEADLESS),-DKUBEBOARD_HEADLESS) -I. -Isrc $(PKG_CFLAGS)
CFLAGS   += -std=gnu11 $(WARN) $(HARD) $(FLAGS_$(BUILD)) $(if $(WERROR),-Werror)
LDFLAGS  += $(LHARD) $(filter -fsanitize% --coverage,$(FLAGS_$(BUILD)))

# ---- rooms: what each stands on (its own closure, in link order) and the libraries that come in with it ----
ROOMS := base text model net config triage source store kube collect sandbox ui cmd
DIR_kube := kube
DIR_ui   := ui
dir_of    = $(or $(DIR_$(1)),src/$(1))

NEEDS_base    :=
NEEDS_text    := base
NEEDS_model   := base
NEEDS_net     := base
NEEDS_config  := net model base
NEEDS_triage  := model base
NEEDS_source  := net model base
NEEDS_store   := net model base
NEEDS_kube    := net model base
NEEDS_collect := kube source store triage net model base
NEEDS_sandbox := net model text base
NEEDS_ui      := text triage model base
NEEDS_cmd     := $(if $(HEADLESS),,sandbox ui) collect kube source store triage config net model text base

LIBS_base  := $(BASE_LIBS)
LIBS_net   := $(NET_LIBS)
LIBS_store := $(STORE_LIBS)
LIBS_ui    := $(UI_LIBS)

# The dashboard, the demo and the sandbox are not in a headless build.
HEADLESS_OUT := src/cmd/board% src/cmd/demo% src/cmd/sandbox%
sources_of = $(filter-out $(if $(HEADLESS),$(HEADLESS_OUT)),$(wildcard $(call dir_of,$(1))/*.c $(call dir_of,$(1))/*/*.c))
objects_of = $(patsubst %.c,$(OUT)/%.o,$(call sources_of,$(1))) $(GENERATED_$(1))

# Themes, the default keys and layouts are data, compiled in.
GENERATED_ui := $(OUT)/ui/themes_embedded.o
$(OUT)/ui/themes_embedded.c: $(wildcard themes/*.yaml) packaging/embed
	@mkdir -p $(@D)
	packaging/embed themes_embedded $(filter %.yaml,$^) >$@
$(OUT)/ui/themes_embedded.o: $(OUT)/ui/themes_embedded.c
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

define room
$(OUT)/lib$(1).a: $(call objects_of,$(1))
	@rm -f $$@
	@$(AR) rcs $$@ $$^
endef
BUILT_ROOMS := $(filter-out $(if $(HEADLESS),ui sandbox),$(ROOMS))
$(foreach r,$(BUILT_ROOMS),$(eval $(call room,$(r))))
libs_of  = $(foreach r,$(1) $(NEEDS_$(1)),$(OUT)/lib$(r).a)
flags_of = $(foreach r,$(1) $(NEEDS_$(1)),$(LIBS_$(r)))

$(OUT)/%.o: %.c build/config.mk
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<
-include $(shell find $(OUT) -name '*.d' 2>/dev/null)

# ---- the program ----
PROGRAM := $(OUT)/kubeboard
all: kubeboard compile_commands.json
$(PROGRAM): $(OUT)/src/main.o $(call libs_of,cmd)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(call flags_of,cmd)
.PHONY: kubeboard
kubeboard: $(PROGRAM)
	@cmp -s $(PROGRAM) $@ || cp -f $(PROGRAM) $@

debug asan ubsan tsan coverage:
	+@$(MAKE) --no-print-directory BUILD=$@ build/$@/kubeboard

compile_commands.json: Makefile build/config.mk
	@packaging/compile-commands '$(CC) $(CPPFLAGS) $(CFLAGS)' $(foreach r,$(ROOMS),$(call sources_of,$(r))) src/main.c >$@

# ---- tests ----
# tests/unit/ROOM/test_X.c links the room ROOM and what it stands on, and nothing else.
TEST_FLAGS = $(TEST_CFLAGS) -DTEST_DATA='"$(abspath tests/data)"'
T ?=
define unit_room
UNIT_$(1) := $(patsubst %.c,$(OUT)/%,$(wildcard tests/unit/$(1)/test_*.c))
$$(UNIT_$(1)): $(OUT)/tests/unit/$(1)/%: $(OUT)/tests/unit/$(1)/%.o $(call libs_of,$(1))
	$(Q)$(CC) $(LDFLAGS) -o $$@ $$^ $(call flags_of,$(1)) $(TEST_LIBS)
endef
$(foreach r,$(BUILT_ROOMS),$(eval $(call unit_room,$(r))))
UNIT := $(foreach r,$(BUILT_ROOMS),$(UNIT_$(r)))
# tests/wire/test_X.c: recorded replies against all that is not a screen or a command.
WIRE := $(patsubst %.c,$(OUT)/%,$(wildcard tests/wire/test_*.c))
WIRE_HELPERS := $(patsubst %.c,$(OUT)/%.o,$(filter-out tests/wire/test_%,$(wildcard tests/wire/*.c)))
$(WIRE): $(OUT)/tests/wire/%: $(OUT)/tests/wire/%.o $(WIRE_HELPERS) $(call libs_of,collect) $(OUT)/libtext.a
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(call flags_of,collect) $(TEST_LIBS)
# tests/real/test_X.c: the same, run against real servers by tests/real/test_*.sh.
REAL := $(patsubst %.c,$(OUT)/%,$(wildcard tests/real/test_*.c))
$(REAL): $(OUT)/tests/real/%: $(OUT)/tests/real/%.o $(call libs_of,collect) $(OUT)/libtext.a
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(call flags_of,collect) $(TEST_LIBS)
$(OUT)/tests/%.o: tests/%.c build/config.mk
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(TEST_FLAGS) -MMD -MP -c -o $@ $<
.SECONDARY: $(UNIT:=.o) $(WIRE:=.o) $(REAL:=.o)

unit: $(if $(T),$(filter %/test_$(T),$(UNIT)),$(UNIT))
	@tests/run $^
wire: $(if $(T),$(filter %/test_$(T),$(WIRE)),$(WIRE))
	@tests/run $^

# tests/screen: keys in, text out; tests/e2e: the program on the sandbox; tests/real: on real servers.
screen: $(OUT)/tests/screen/play
	@tests/screen/run $<
$(OUT)/tests/screen/play: $(patsubst %.c,$(OUT)/%.o,$(wildcard tests/screen/*.c)) $(call libs_of,ui)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(call flags_of,ui)
e2e: kubeboard
	@tests/shell $(filter-out $(wildcard tests/e2e/lib*.sh),$(wildcard tests/e2e/*.sh)) tests/screen/tmux.sh
real: kubeboard $(REAL)
	@tests/shell $(wildcard tests/real/test_*.sh)
# tests/fuzz/fuzz_X.c: a parser under libFuzzer (clang): `make fuzz SECONDS=60 T=json`.
SECONDS ?= 10
FUZZ := $(patsubst %.c,$(OUT)/%,$(wildcard tests/fuzz/fuzz_*.c))
$(FUZZ): $(OUT)/tests/fuzz/%: $(OUT)/tests/fuzz/%.o $(call libs_of,cmd)
	$(call say,LD,$@)
	$(Q)$(CC) $(LHARD) -fsanitize=fuzzer,address,undefined -o $@ $^ $(call flags_of,cmd)
fuzz: deps-check
	+@$(MAKE) --no-print-directory $(CORES) CC=clang BUILD=fuzz fuzz-run
fuzz-run: $(if $(T),$(filter %/fuzz_$(T),$(FUZZ)),$(FUZZ))
	@SECONDS_EACH=$(SECONDS) tests/fuzz/run $^

# A kube-apiserver built from Debian's source once a machine (some minutes), and kube/'s tests on it.
test-real: deps-test kubeboard
	@packaging/deps build real
	@tests/real/kube/run

# All cores, unless the caller's -j says how many. e2e and real start many programs each and have the machine for themselves.
test: deps-test
	+@$(MAKE) --no-print-directory $(CORES) unit wire screen kubeboard $(REAL)
	+@$(MAKE) --no-print-directory e2e
	+@$(MAKE) --no-print-directory real
	@echo "all tests passed"
check: deps-check
	@tests/check

# `make demo ARGS=--once` prints one frame.
ARGS ?=
demo: kubeboard
	@./kubeboard demo $(ARGS)

install: $(PROGRAM)
	install -D -m 755 $(PROGRAM) $(DESTDIR)$(PREFIX)/bin/kubeboard

deps:
	@packaging/deps build
deps-test:
	@packaging/deps build test
deps-check:
	@packaging/deps build check
clean:
	rm -rf build kubeboard compile_commands.json
help:
	@echo 'make             builds ./kubeboard      make HEADLESS=1  without the dashboard and its ncurses'
	@echo 'make demo        the dashboard on a sandbox (ARGS=--once: one frame)'
	@echo 'make test        unit, wire, screen, e2e, real: all tests; each is a target too (unit T=splitter: one)'
	@echo 'make test-real   builds a kube-apiserver once a machine and runs the tests of kube on it'
	@echo 'make fuzz        the parsers under libFuzzer, SECONDS (10) each; T=json: one'
	@echo 'make check       the rules of the house'
	@echo 'make debug|asan|ubsan|tsan|coverage   build/NAME/kubeboard; make unit BUILD=asan runs tests so'
	@echo 'make install     into PREFIX (/usr/local)   make deps   installs what is missing   make clean'
.PHONY: all unit wire screen e2e real fuzz fuzz-run test-real test check demo install debug asan ubsan tsan coverage clean deps deps-test deps-check help
