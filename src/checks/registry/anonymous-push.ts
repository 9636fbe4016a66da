import { attemptCheck } from "./server/probe-check.ts";

/** A registry to which anyone pushes. */
export const anonymousPush = attemptCheck({
  attempt: "push",
  title: "Registries that anyone may push to",
  severity: "critical",
  documentation: {
    what: "Checks with a live probe, only with `--probe-registry`: starts an upload in a repository without credentials, and with a token where the registry issues one to anyone, then cancels it without sending data. No image, tag or blob is changed.",
    why: "Whoever reaches the registry replaces the image that the next deployment pulls.",
    fix: "Have the registry ask who is there, and let only those push who build.",
  },
  does: "lets anyone push",
  fix: "require authentication for pushes",
});
