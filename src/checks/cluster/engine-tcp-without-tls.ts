import { engineCheck } from "./engine/engine-check.ts";

/** An engine's API that anyone who reaches a port can use. */
export const engineTcpWithoutTls = engineCheck({
  name: "engine-tcp-without-tls",
  title: "Engine API without client certificates",
  severity: "critical",
  withoutControl: "the ten ask nothing of the engine of a machine",
  documentation: {
    what: "Checks where a container engine serves its API: the address that was spoken to (`DOCKER_HOST`, `CONTAINER_HOST`), `hosts` of daemon.json and `-H` of the daemon's command line. Finds TCP without `tlsverify`; high where it is of this machine alone. CIS Docker 2.7.",
    why: "Whoever reaches the port starts a container with the machine's disk in it: they are root there. On loopback that is each process of the machine, and each page that a browser there has open.",
    fix: "Take the TCP address away and go by SSH (`DOCKER_HOST=ssh://…`), or set `tlsverify` with `tlscacert`, `tlscert` and `tlskey`.",
    references: ["https://docs.docker.com/engine/security/protect-access/"],
  },
  needs: { listeners: "partial" },
  *detect({ listeners }) {
    for (const { address, isTcp, isLoopback, verifiesClients, from } of listeners) {
      if (!isTcp || verifiesClients) continue;
      yield {
        subject: `listener ${address}`,
        ...(isLoopback ? { severity: "high" } : {}),
        title: `The engine's API is served at ${address} to anyone who reaches it${isLoopback ? " on this machine" : ""}`,
        fix: "remove the TCP address and use ssh://, or set tlsverify with a CA for clients",
        field: "hosts",
        evidence: { address, from },
      };
    }
  },
});
