# Slopes of the published trial, computed with R 4.2 (package nlme 3.1) from pft.csv as tests.support.trial
# writes it: Rscript trial.R pft.csv. The trial's file is no part of the project; nor are its numbers but these.
library(nlme)
options(digits = 10)
visits <- read.csv(commandArgs(TRUE)[1])
visits$years <- as.numeric(as.Date(visits$test_date) - as.Date("2000-09-01")) / 365.25
names(visits)[3] <- "fvc"
model <- lme(fvc ~ years, random = ~ years | mrn, data = visits, method = "REML",
             control = lmeControl(msMaxIter = 500))
print(summary(model)$tTable[, 1:2])
own <- sapply(split(visits, visits$mrn), function(one) if (nrow(one) > 2) coef(lm(fvc ~ years, one))[2] else NA)
own <- own[!is.na(own)]
print(c(n = length(own), mean = mean(own), sd = sd(own), quantile(own, c(.25, .5, .75)), falling = sum(own < 0)))
