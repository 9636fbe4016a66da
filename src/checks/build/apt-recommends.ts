import { installsOf } from "./dockerfile/installs.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { hasOption } from "./dockerfile/options.ts";

/** Packages that apt installs beside those that were asked for (apt-get(8), `--no-install-recommends`). */
export const aptRecommends = dockerfileCheck<"commands">({
  name: "apt-recommends",
  title: "apt-get install without --no-install-recommends",
  severity: "low",
  documentation: {
    what: "Checks for `apt-get install` and `apt install` without `--no-install-recommends`, or an option or a file of apt's configuration in the same stage that says the same.",
    why: "Each package that nobody asked for brings programs for an attacker to use, and vulnerabilities to answer for.",
    fix: "Add `--no-install-recommends`, and name what is then missing: what a recommendation brought may be what makes the package work (`ca-certificates` for `curl` and `git`, `libc6-dev` for `gcc`). `--fix` never adds it.",
    references: ["https://manpages.debian.org/apt-get.8"],
  },
  needs: { dockerfile: "partial", commands: "partial" },
  *detect({ commands }) {
    const configured = new Set(
      commands.flatMap(({ command, instruction }) =>
        command.words.some(({ text }) => /APT::Install-Recommends\W+(?:0|false|no)\b/i.test(text)) &&
        command.redirections.length > 0
          ? [instruction.stage]
          : [],
      ),
    );
    for (const { command, instruction } of installsOf(commands, "apt")) {
      if (hasOption(command, "--no-install-recommends") || configured.has(instruction.stage)) continue;
      if (command.arguments.some(({ text }) => /APT::Install-Recommends=(?:0|false|no)\b/i.test(text))) continue;
      yield {
        subject: `${command.program} install`,
        title: "apt-get install also installs recommended packages",
        range: command.range,
        stage: instruction.stage,
        // Never an edit: gcc then lacks the C library's headers, git and curl the certificates of servers.
        fix: "add --no-install-recommends, and list packages that are then missing (ca-certificates, libc6-dev…)",
      };
    }
  },
});
