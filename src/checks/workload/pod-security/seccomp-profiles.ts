export const SECCOMP_TYPE = ["securityContext", "seccompProfile", "type"] as const;

/** Whether there is a filter behind it. */
export function isSeccompProfile(type: string): boolean {
  return type === "RuntimeDefault" || type === "Localhost";
}
