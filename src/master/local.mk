libprefork_a_SOURCES += \
	include/master/config.h include/master/master.h src/master/master.c \
	src/master/slot.h src/master/slot.c \
	src/master/blame.h src/master/blame.c \
	src/master/keeper.h src/master/keeper_signals.c src/master/keeper.c \
	src/master/state.h src/master/state.c src/master/resume.c \
	src/master/processes.h src/master/actions.c src/master/messages.c \
	src/master/orders.c src/master/rows.c src/master/children.c \
	src/master/standbys.c src/master/notices.c \
	src/master/deaths.c src/master/upgrade.h src/master/upgrade.c \
	src/master/upgrade_outcome.c src/master/upgrade_slots.c \
	src/master/upgrade_trial.c \
	include/master/succeed.h src/master/succeed.c src/master/go_on.c src/master/unlogged.c \
	src/master/model.c
