/** Where Cilium says what its policies mean. */
const POLICY = "https://docs.cilium.io/en/latest/security/policy";

export const documents = {
  enforcement: `${POLICY}/intro/`,
  peers: `${POLICY}/layer3/`,
  ports: `${POLICY}/layer4/`,
  requests: `${POLICY}/layer7/`,
  denials: `${POLICY}/deny/`,
} as const;
