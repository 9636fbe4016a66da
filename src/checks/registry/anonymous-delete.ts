import { attemptCheck } from "./server/probe-check.ts";

/** A registry in which anyone deletes. */
export const anonymousDelete = attemptCheck({
  attempt: "delete",
  title: "Registries that anyone may delete from",
  severity: "critical",
  documentation: {
    what: 'Checks with a live probe, only with `--probe-registry`: requests the deletion of a digest that no manifest has (`sha256:000…`), without credentials, and with a token where the registry issues one to anyone. A registry that answers "manifest unknown" would have deleted an existing one; 401, 403 and 405 are refusals. Nothing is changed.',
    why: "Whoever reaches the registry takes images away, and what restarts then has nothing to start from.",
    fix: "Have the registry ask who is there, and turn deletion off where nobody needs it.",
  },
  does: "lets anyone delete images",
  fix: "require authentication for deletions",
});
