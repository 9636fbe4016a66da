/** The event that `runtime prove` makes: a program of a name that nobody else has is executed, and reads the hashes of passwords. */
import { randomBytes } from "node:crypto";

/** 128 random bits: nobody foresees them. */
export function newNonce(): string {
  return randomBytes(16).toString("hex");
}

/** What the program is called. */
export function proofProgram(nonce: string): string {
  return `bulkhead-proof-${nonce}`;
}

/** What every rule set has a rule about, and who reads it harms nothing. */
export const PROOF_FILE = "/etc/shadow";

/**
 * The same for a shell of a container or pod, where its image has one: a copy of `cat` in the writable layer, which is no file
 * of the image, is executed on the file; then `cat` itself, which names the copy. What is read goes nowhere.
 */
export function proofScript(nonce: string): string {
  const program = proofProgram(nonce);
  return [
    'c="$(command -v cat)"',
    // Of a shell that has it built in, the shell itself: it is executed, whatever it then does.
    `case "$c" in /*) ;; *) c="/proc/$$/exe" ;; esac`,
    "for d in /tmp /var/tmp /dev/shm /; do",
    `p="\${d%/}/${program}"`,
    'cp "$c" "$p" 2>/dev/null && break',
    "done",
    `"$p" ${PROOF_FILE} "$p" >/dev/null 2>&1`,
    `cat ${PROOF_FILE} "$p" >/dev/null 2>&1`,
    'rm -f "$p"',
    "exit 0",
  ].join("\n");
}

/** Its label, by which whoever looks at pods knows what it is. */
const LABEL = "bulkhead-proof";

/**
 * A pod on one node that does it and ends. It meets the level restricted, so that `/etc/shadow` of its image is closed to it: what is
 * left is a program that is no file of the image, and the attempt.
 *
 * @param image - has a shell and `cat`
 */
export function proofPod({
  name,
  namespace,
  image,
  nonce,
  node,
}: {
  readonly name: string;
  readonly namespace: string;
  readonly image: string;
  readonly nonce: string;
  readonly node: string;
}): Readonly<Record<string, unknown>> {
  const resources = { cpu: "10m", memory: "32Mi", "ephemeral-storage": "32Mi" };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, labels: { "app.kubernetes.io/name": LABEL } },
    spec: {
      // Where a scheduler would put it elsewhere, or nowhere, it proves nothing.
      nodeName: node,
      tolerations: [{ operator: "Exists" }],
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      restartPolicy: "Never",
      terminationGracePeriodSeconds: 0,
      activeDeadlineSeconds: 300,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 65_532,
        runAsGroup: 65_532,
        seccompProfile: { type: "RuntimeDefault" },
      },
      containers: [
        {
          name: "proof",
          image,
          command: ["/bin/sh", "-c", proofScript(nonce)],
          resources: { requests: resources, limits: resources },
          securityContext: {
            privileged: false,
            allowPrivilegeEscalation: false,
            // The copy is written into its own layer.
            readOnlyRootFilesystem: false,
            capabilities: { drop: ["ALL"] },
          },
        },
      ],
    },
  };
}
