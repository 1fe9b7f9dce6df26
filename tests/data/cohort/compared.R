# Expected values of tests/cohort/test_matching.py and test_ancova.py, computed with R 4.2.
# Run from this folder: Rscript compared.R > compared.txt
options(digits = 12)
people <- read.csv("compared.csv")
show <- function(name, ...) cat(name, format(c(...), digits = 12), "\n")
people$first <- people$drug == "a"
fit <- glm(first ~ age + sex + group + fvc + prior, family = binomial, data = people,
           control = glm.control(epsilon = 1e-14, maxit = 100))
show("logits", predict(fit, type = "link"))
show("caliper", 0.2 * sd(predict(fit, type = "link")))
effect <- function(model) {
  row <- summary(model)$coefficients["firstTRUE", ]
  c(row, confint(model)["firstTRUE", ], model$df.residual)
}
show("ancova", effect(lm(change ~ first + fvc, data = people)))
show("later_value", effect(lm(I(fvc + change) ~ first + fvc, data = people)))
show("adjusted", effect(lm(change ~ first + fvc + age + sex + group + prior, data = people)))
w <- t.test(change ~ factor(drug, levels = c("a", "b")), data = people)
show("welch", w$estimate[1] - w$estimate[2], w$stderr, w$statistic, w$p.value, w$conf.int, w$parameter)
one <- function(x, f) (mean(x[f]) - mean(x[!f])) / sqrt((var(x[f]) + var(x[!f])) / 2)
show("smd_age", one(people$age, people$first))
share <- function(x, f) { p <- mean(x[f]); q <- mean(x[!f]); (p - q) / sqrt((p * (1 - p) + q * (1 - q)) / 2) }
show("smd_IIM", share(people$group == "IIM", people$first))
