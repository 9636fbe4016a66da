import { installsOf } from "./dockerfile/installs.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { packageName } from "./dockerfile/package-name.ts";
import { shippedStages } from "./dockerfile/stages.ts";

const packages =
  /^(?:openssh-server(?:-[\w.-]+)?|openssh-sshd|dropbear(?:-bin|-run)?|telnetd|telnet-server|inetutils-telnetd|tigervnc-(?:standalone-)?server|x11vnc|xrdp|vsftpd|proftpd(?:-[\w.-]+)?|rsh-server)$/;
const servers = new Set(["sshd", "dropbear", "telnetd", "in.telnetd", "Xvnc", "x11vnc", "vncserver", "xrdp", "vsftpd"]);

/** Servers by which people log in to a container. */
export const remoteLoginServer = dockerfileCheck<"commands">({
  name: "remote-login-server",
  title: "Remote login servers in the image",
  severity: "medium",
  documentation: {
    what: "Checks the last stage and those that it is built on for packages of SSH, Telnet, FTP, VNC and RDP servers that are installed, and for such servers that `CMD` or `ENTRYPOINT` start. Not reported: clients.",
    why: "A second way in, with its own passwords and keys, that the cluster neither guards nor logs, and a program more that takes connections.",
    fix: "Take it out. `docker exec`, `kubectl exec` and `kubectl debug` do the same and are logged.",
    references: ["https://kubernetes.io/docs/tasks/debug/debug-application/get-shell-running-container/"],
  },
  needs: { dockerfile: "partial", commands: "partial" },
  *detect({ dockerfile, commands }) {
    const shipped = shippedStages(dockerfile);
    const fix = "remove the server; use docker exec or kubectl exec";
    for (const { packages: words, instruction } of installsOf(commands, "apt", "apk", "dnf", "zypper")) {
      if (instruction.stage === undefined || !shipped.has(instruction.stage)) continue;
      for (const { text, range } of words) {
        const name = packageName(text);
        if (!packages.test(name)) continue;
        yield {
          subject: name,
          title: `Remote login server ${name} is installed`,
          range,
          stage: instruction.stage,
          fix,
        };
      }
    }
    for (const { command, instruction } of commands) {
      const { stage, keyword } = instruction;
      if (keyword === "RUN" || keyword === "HEALTHCHECK" || stage === undefined || !shipped.has(stage)) continue;
      if (command.program === undefined || !servers.has(command.program)) continue;
      yield {
        subject: `${keyword} ${command.program}`,
        title: `${keyword} starts the remote login server ${command.program}`,
        range: command.range,
        stage,
        fix,
      };
    }
  },
});
