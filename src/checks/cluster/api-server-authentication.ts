import { flagCheck, isTrue } from "./control-plane/flag-check.ts";

/** Weak authentication at the API server (Kubernetes reference, command line tools). */
export const apiServerAuthentication = flagCheck({
  name: "api-server-authentication",
  title: "Weak API server authentication",
  severity: "high",
  withoutControl: "none of the ten is about how the control plane authenticates and authorizes",
  documentation: {
    what: "Checks the flags by which kube-apiserver takes requests without credentials, by passwords or tokens in files, over a port without TLS, or by tokens of service accounts that were deleted. Sources: static pods of the control plane and kubeadm's configuration, with kubeadm's own defaults.",
    why: "What the API server lets in, authorization alone keeps in bounds. A port without TLS asks for neither.",
    fix: "Use client certificates, tokens of service accounts and an identity provider. Leave `--service-account-lookup` on. With `--anonymous-auth=false`, or an AuthenticationConfiguration that lets anonymous requests reach the health endpoints only, strangers get no further.",
    references: [
      "https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/",
      "https://kubernetes.io/docs/reference/access-authn-authz/authentication/",
    ],
  },
  rules: [
    {
      program: "kube-apiserver",
      flag: "anonymous-auth",
      unless: ["authentication-config"],
      judge: (value) =>
        value !== undefined && !isTrue(value)
          ? undefined
          : {
              title: "anonymous authentication is enabled",
              fix: "set --anonymous-auth=false, or list the paths in an AuthenticationConfiguration",
              severity: "low",
            },
    },
    {
      program: "kube-apiserver",
      flag: "token-auth-file",
      judge: (value) =>
        value === undefined
          ? undefined
          : { title: "static token file with tokens that never expire", fix: "remove --token-auth-file" },
    },
    {
      program: "kube-apiserver",
      flag: "basic-auth-file",
      judge: (value) =>
        value === undefined ? undefined : { title: "static password file", fix: "remove --basic-auth-file" },
    },
    {
      program: "kube-apiserver",
      flag: "insecure-port",
      judge: (value) =>
        value === undefined || value === "0"
          ? undefined
          : { title: "insecure port without TLS or authentication is open", fix: "set --insecure-port=0" },
    },
    {
      program: "kube-apiserver",
      flag: "insecure-bind-address",
      judge: (value) =>
        value === undefined
          ? undefined
          : { title: "insecure bind address is set", fix: "remove --insecure-bind-address" },
    },
    {
      program: "kube-apiserver",
      flag: "service-account-lookup",
      judge: (value) =>
        value === undefined || isTrue(value)
          ? undefined
          : {
              title: "tokens of deleted service accounts are accepted",
              fix: "remove --service-account-lookup=false",
              severity: "medium",
            },
    },
  ],
});
