import { engineCheck } from "./engine/engine-check.ts";

/** Engines that run images whoever signed them. */
export const engineContentTrust = engineCheck({
  name: "engine-content-trust",
  title: "Engine without image verification",
  severity: "low",
  documentation: {
    what: "Checks whether an engine verifies signatures of what it pulls: the default of podman's policy.json, `content-trust` of daemon.json (Mirantis' engine) or `DOCKER_CONTENT_TRUST` of who runs this for docker, which holds for that client alone. CIS Docker 4.5.",
    why: "An image that someone put into the registry runs as one that the team built.",
    fix: "Podman: have `default` of /etc/containers/policy.json reject, and list each registry with its key (`sigstoreSigned`). Docker verifies nothing by itself: verify with `bulkhead verify` or cosign before the run, and pin by digest.",
    references: ["https://github.com/containers/image/blob/main/docs/containers-policy.json.5.md"],
  },
  needs: { configuration: "complete" },
  *detect({ info: { engine }, configuration: { contentTrust } }) {
    if (contentTrust?.enforced === true) return;
    yield {
      subject: "content trust",
      title: "Images run whoever signed them, or nobody",
      fix:
        engine === "podman"
          ? "set the default of /etc/containers/policy.json to reject, and list registries with their keys"
          : "verify images before they run (bulkhead verify), and pin them by digest",
      field: engine === "podman" ? "policy.json: default" : "content-trust",
      evidence: { from: contentTrust?.from ?? "nothing states it" },
    };
  },
});
