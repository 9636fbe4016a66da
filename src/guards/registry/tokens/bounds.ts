/** What clients may take of the token service, and how long what it makes lasts. */
export const bounds = {
  /** Of a form that is posted: scopes of a hundred repositories, and a token. */
  formBytes: 64 * 1024,
  /** Of the file of accounts. */
  accountsBytes: 4 * 1024 * 1024,
  accounts: 10_000,
  /** Of the file of signing keys. */
  keysBytes: 256 * 1024,
  /** Seconds that a client's token lasts. What the policy and the accounts say is asked anew at each use. */
  tokenSeconds: 300,
  /** Seconds that a token for the engine lasts: made for one request, and used again for half of that. */
  engineSeconds: 120,
  /** Seconds that a refresh token lasts, which `docker login` keeps in place of the password. */
  refreshSeconds: 30 * 86_400,
  /** Passwords that are hashed at a time (some 32 MiB and 80 ms each), and that wait for it. */
  hashing: 2,
  hashesWaiting: 32,
  /** Of one network, both together. */
  hashesOfNetwork: 24,
  /** Seconds for which a password that was right is known by its HMAC, under a key that this process alone has. */
  rightSeconds: 300,
  right: 5_000,
  /** Tokens whose signature was found right. */
  verified: 5_000,
} as const;

/** Wrong credentials, and then none are looked at for a while. */
export const attemptBounds = {
  /** Seconds over which they are counted, and after which all is forgotten. */
  seconds: 300,
  /** From one address (of IPv6 one /64), for one name, and for a name from an address that it was right from before. */
  ofAddress: 30,
  ofName: 100,
  ofKnown: 300,
  /** Names and addresses that are counted: strangers make them up. */
  counted: 20_000,
} as const;
