import { attemptCheck } from "./server/probe-check.ts";

/** A registry that tells anyone which repositories it has. */
export const anonymousCatalog = attemptCheck({
  attempt: "catalog",
  title: "Registries that list repositories to anyone",
  severity: "low",
  documentation: {
    what: "Checks with a live probe, only with `--probe-registry`: requests `/v2/_catalog` without credentials, and with a token where the registry issues one to anyone. Nothing is changed.",
    why: "The names of all repositories tell what there is to look for, and what might be pulled without credentials.",
    fix: "Have the registry ask who is there before it lists its repositories.",
  },
  does: "lists its repositories to anyone",
  fix: "require a token for the catalogue",
});
