# Expected values of tests/cohort/test_hostile.py, computed with R 4.2 (packages survival 3.5, nlme 3.1).
# Groups of hostile.csv: ties, one patient, nobody with the event, everybody on one day, the ends of time
# (an event on day 0, a century without one), late entry, only another event.
# Run from this folder: Rscript hostile.R > hostile.txt
library(survival); library(nlme)
options(digits = 10)
show <- function(name, ...) cat(name, format(c(...), digits = 10, scientific = FALSE, trim = TRUE), "\n")
people <- read.csv("hostile.csv", stringsAsFactors = TRUE)
days <- c(0, 29, 30, 60, 90, 100, 400)
for (g in levels(people$group)) {
  one <- subset(people, group == g)
  s <- survfit(Surv(time, event == 1) ~ 1, data = one, conf.type = "log-log")
  at <- summary(s, times = days[days <= max(one$time)])
  show(paste("km", g), at$surv); show(paste("se", g), at$std.err)
  show(paste("low", g), at$lower); show(paste("high", g), at$upper)
  show(paste("risk", g), at$n.risk); show(paste("median", g), summary(s)$table["median"])
  aj <- survfit(Surv(time, factor(event, levels = 0:2)) ~ 1, data = one)
  at <- summary(aj, times = days[days <= max(one$time)])
  show(paste("cif1", g), at$pstate[, 2]); show(paste("cif2", g), at$pstate[, 3])
}
s <- survfit(Surv(entry, time, event == 1) ~ 1, data = subset(people, group == "late"), conf.type = "log-log")
at <- summary(s, times = c(60, 90, 100, 301)); show("late entry", at$surv, at$std.err, at$n.risk)
test <- function(name, groups) {
  d <- survdiff(Surv(time, event == 1) ~ group, data = droplevels(subset(people, group %in% groups)))
  df <- length(d$n) - 1
  show(paste("logrank", name), d$chisq, df, pchisq(d$chisq, df, lower.tail = FALSE))
}
test("ties censored", c("ties", "censored"))
test("ties single", c("ties", "single"))
test("ties together", c("ties", "together"))
test("all", levels(people$group))

equal <- c(-2, -2, -2, -2, 2); far <- c(1e-9, -1e9, 1e9, 3, -4, 0)
w <- wilcox.test(equal, exact = FALSE, correct = FALSE); show("wilcoxon equal", min(w$statistic, 15 - w$statistic), w$p.value)
kept <- far[far != 0]; kept[3] <- 2e9
w <- wilcox.test(kept); show("wilcoxon far", min(w$statistic, 15 - w$statistic), w$p.value)
t <- t.test(equal); show("t equal", t$statistic, t$p.value, t$conf.int)
show("quartiles equal", quantile(equal, c(.25, .5, .75)))
for (n in c(1, 5, 1000)) for (k in unique(c(0, 1, n))) show(paste("wilson", letters[k == c(0, 1, n)][1], paste0("of", n)), k, suppressWarnings(prop.test(k, n, correct = FALSE)$conf.int))
for (k in c(0, 1, 3, 200)) show(paste("garwood", paste0("events", k)), k, poisson.test(k)$conf.int)

visits <- read.csv("hostile_visits.csv")
visits$years <- visits$day / 365.25
m <- lme(value ~ years, random = ~ years | patient, data = visits, method = "REML", control = lmeControl(msMaxIter = 1000, maxIter = 1000))
show("lme", fixef(m), summary(m)$tTable[, 2])
