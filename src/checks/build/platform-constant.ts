import { dockerfileCheck } from "./dockerfile/lint-check.ts";

/** Bases of one platform, whatever is built for (Docker's build check FromPlatformFlagConstDisallowed). */
export const platformConstant = dockerfileCheck({
  name: "platform-constant",
  title: "Hard-coded platform in FROM",
  severity: "low",
  documentation: {
    what: "Checks for `FROM --platform=` with a constant. Not reported: a stage whose name says the platform, as `build-amd64` does (another stage chooses it).",
    why: "Who builds for another platform gets an image whose programs are for this one. They do not start, or run in an emulator, which is slow and has vulnerabilities of its own.",
    fix: "Leave the flag out, or write `--platform=$BUILDPLATFORM` for a stage that only builds.",
    references: ["https://docs.docker.com/reference/build-checks/from-platform-flag-const-disallowed/"],
  },
  needs: { dockerfile: "partial" },
  *detect({ dockerfile }) {
    for (const { name = "", index, from } of dockerfile.stages) {
      const { platform, origin } = from;
      if (platform === undefined || platform.variables.length > 0 || origin.kind === "scratch") continue;
      const [system = "", architecture = ""] = platform.text.toLowerCase().split("/");
      if (name.includes(system) || (architecture !== "" && name.includes(architecture))) continue;
      // Images of Windows are of Windows.
      if (system === "windows" || system === "wasi") continue;
      yield {
        subject: `FROM --platform=${platform.text}`,
        title: `FROM is fixed to the platform ${platform.text}`,
        range: platform.range,
        stage: index,
        fix: "remove --platform, or set --platform=$BUILDPLATFORM in a build stage",
      };
    }
  },
});
