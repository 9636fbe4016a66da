import { attemptCheck } from "./server/probe-check.ts";

/** A registry in which anyone deletes. */
export const anonymousDelete = attemptCheck({
  attempt: "delete",
  title: "Registries that anyone may delete from",
  severity: "critical",
  documentation: {
    what: "A live probe, which only `--probe-registry` starts: asks to delete a digest that no manifest has (`sha256:000…`) without credentials, with a token where the registry gives one to anyone. A registry that answers that there is no such manifest would have deleted one that is there; one that answers 401, 403 or 405 would not. Nothing is changed.",
    why: "Whoever reaches the registry takes images away, and what restarts then has nothing to start from.",
    fix: "Have the registry ask who is there, and turn deletion off where nobody needs it.",
  },
  does: "lets anyone delete images",
  fix: "require authentication for deletions",
});
