/** A seccomp profile as the engines of containers load it (OCI runtime specification, config-linux.md, "Seccomp"). */

export interface SeccompProfile {
  /** Of its file, relative to the folder that is judged. */
  readonly path: string;
  /** `SCMP_ACT_ERRNO`, or whatever is stated: what happens to calls that no rule names. */
  readonly defaultAction: string;
  readonly rules: readonly SeccompRule[];
}

export interface SeccompRule {
  readonly names: readonly string[];
  readonly action: string;
  /** It looks at arguments, so it holds for some of the calls. */
  readonly byArguments: boolean;
  /**
   * It holds only where the container has these capabilities, or lacks them, or by kernel and architecture. Docker, Podman
   * and CRI-O read that; containerd reads past it, and the rule then always holds.
   */
  readonly conditional: boolean;
}
