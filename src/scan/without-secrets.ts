/** What a report says where secrets were not looked for: apart, for who says it needs nothing of what looks for them. */
export const NO_SECRETS = "secrets were not scanned (--no-secrets)";
