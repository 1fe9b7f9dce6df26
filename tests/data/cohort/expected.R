# Expected values of tests/cohort, computed with R 4.2 (packages survival 3.5, nlme 3.1).
# Run from this folder: Rscript expected.R > expected.txt
library(nlme); library(survival)
options(digits = 10)
changes <- c(-12.5, -3.2, 4.1, -8.8, 0.6, -1.9, -15.0, 7.3, -4.4, -6.1, 2.2)
tied <- c(-5, -5, 3, 0, -2, 8, -5, 1, 1, -9, 4, -7, 0, 6, -3, -3, 2, -1, -4, -10, 5, -6, -8, -2, 3, -4, -11, -2)
show <- function(name, ...) cat(name, format(c(...), digits = 10), "\n")
t <- t.test(changes); show("t", t$statistic, t$p.value, t$conf.int)
w <- wilcox.test(changes); show("wilcoxon_exact", min(w$statistic, 66 - w$statistic), w$p.value)
kept <- tied[tied != 0]; n <- length(kept)
w <- wilcox.test(kept, exact = FALSE, correct = FALSE)
show("wilcoxon_ties", min(w$statistic, n * (n + 1) / 2 - w$statistic), w$p.value)
show("quartiles", quantile(changes, c(.25, .5, .75)))
show("wilson", prop.test(7, 23, correct = FALSE)$conf.int)

people <- read.csv("followed.csv")
for (g in c("a", "b")) {
  s <- survfit(Surv(time, event == 1) ~ 1, data = subset(people, group == g), conf.type = "log-log")
  at <- summary(s, times = c(100, 365, 700), extend = TRUE)
  show(paste("km", g), at$surv, at$std.err, at$lower, at$upper, at$n.risk)
  show(paste("median", g), summary(s)$table["median"])
}
d <- survdiff(Surv(time, event == 1) ~ group, data = people)
show("logrank", d$chisq, pchisq(d$chisq, 1, lower.tail = FALSE))
d <- survdiff(Surv(time, event == 1) ~ third, data = people)
show("logrank3", d$chisq, pchisq(d$chisq, 2, lower.tail = FALSE))
ci <- survfit(Surv(time, factor(event)) ~ 1, data = people)
at <- summary(ci, times = c(100, 365, 700), extend = TRUE)
show("incidence1", at$pstate[, 2]); show("incidence2", at$pstate[, 3])
late <- survfit(Surv(entry, time, event == 1) ~ 1, data = people, conf.type = "log-log")
at <- summary(late, times = c(365, 700), extend = TRUE)
show("late", at$surv, at$std.err)

visits <- read.csv("visits.csv")
visits <- subset(visits, ave(day, patient, FUN = length) > 1)
visits$years <- visits$day / 365.25
m <- lme(value ~ years, random = ~ years | patient, data = visits, method = "REML")
show("lme", fixef(m), summary(m)$tTable[, 2])
