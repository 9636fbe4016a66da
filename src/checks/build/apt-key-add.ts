import { dockerfileCheck } from "./dockerfile/lint-check.ts";

/** Keys that vouch for every repository (apt-key(8), which is deprecated). */
export const aptKeyAdd = dockerfileCheck<"commands">({
  name: "apt-key-add",
  title: "Repository keys added with apt-key",
  severity: "medium",
  documentation: {
    what: "Checks for `apt-key add` and `apt-key adv` that fetch or import keys.",
    why: "A key that apt-key adds is trusted for every repository: the owner of a small one can then sign packages that replace the distribution's own. apt-key is deprecated, and Debian 13 and newer do not have it.",
    fix: "Put the key into `/etc/apt/keyrings/` and name it where the repository is named: `deb [signed-by=/etc/apt/keyrings/acme.gpg] https://…`.",
    references: ["https://manpages.debian.org/apt-key.8", "https://wiki.debian.org/DebianRepository/UseThirdParty"],
  },
  needs: { dockerfile: "partial", commands: "partial" },
  *detect({ commands }) {
    for (const { command, instruction } of commands) {
      if (command.program !== "apt-key") continue;
      const verb = command.arguments.find(({ text }) => text === "add" || text === "adv");
      const imports = command.arguments.some(({ text }) => /^--(?:recv|recv-keys?|fetch-keys?|import)$/.test(text));
      if (verb === undefined || (verb.text === "adv" && !imports)) continue;
      yield {
        subject: `apt-key ${verb.text}`,
        title: `apt-key ${verb.text} trusts the key for every repository`,
        range: command.range,
        stage: instruction.stage,
        fix: "store the key in /etc/apt/keyrings and set signed-by=",
      };
    }
  },
});
