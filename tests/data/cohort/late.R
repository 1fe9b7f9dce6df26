# Expected values of tests/cohort/test_late.py: delayed entry, computed with R 4.2 (package survival 3.5).
# Run from this folder: Rscript late.R > late.txt
library(survival)
options(digits = 10)
people <- read.csv("late.csv")
people$id <- seq_len(nrow(people))
show <- function(name, ...) cat(name, format(c(...), digits = 10), "\n")
for (g in c("some", "emptied")) {
  held <- subset(people, group == g)
  s <- survfit(Surv(entry, time, event == 1) ~ 1, data = held, conf.type = "log-log")
  at <- summary(s, times = c(30, 99, 250, 390), extend = TRUE)
  show(paste("survival", g), at$surv)
  show(paste("se", g), at$std.err)
  show(paste("low", g), at$lower)
  show(paste("high", g), at$upper)
  show(paste("median", g), summary(s)$table["median"])
  m <- survfit(Surv(entry, time, factor(event, levels = 0:2)) ~ 1, id = id, data = held)
  at <- summary(m, times = c(30, 99, 250, 390), extend = TRUE)
  show(paste("first", g), at$pstate[, 2])
  show(paste("second", g), at$pstate[, 3])
}
# the log-rank test of late entries is the score test of Cox's model where no two events are tied
held <- subset(people, group == "some" & !(duplicated(time) & event == 1))
held$third <- held$time %% 3 == 0
stopifnot(!anyDuplicated(held$time[held$event == 1]))
model <- coxph(Surv(entry, time, event == 1) ~ third, data = held)
show("score", summary(model)$sctest)
