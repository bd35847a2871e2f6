/** PEM text (`-----BEGIN ...`) as a string, or as bytes read from a file; or several of them. */
export type Pem = string | Uint8Array | readonly (string | Uint8Array)[]

/** Options of `createNodeFetch`. They apply to every request of that fetch. */
export interface NodeFetchOptions {
  /**
   * Certificates of the authorities to trust, or a self-signed server's own, in place of the list that Node comes with (add
   * `...tls.rootCertificates` to trust those too). The certificate of an `https:` proxy is checked against them as well. Default: Node's list, and
   * what `NODE_EXTRA_CA_CERTS` adds to it.
   */
  readonly ca?: Pem | undefined
  /** The client's own certificate, followed by those of its intermediate authorities. Needs `key`. Default: none. */
  readonly cert?: Pem | undefined
  /** The private key of `cert`. */
  readonly key?: Pem | undefined
  /** Decrypts `key`. Default: the key is not encrypted. */
  readonly passphrase?: string | undefined
  /**
   * `false` accepts any certificate of the server, and so an attacker between you and the server. Use it only in tests, and `ca`
   * otherwise. An `https:` proxy must still show a valid certificate. Default `true`.
   */
  readonly rejectUnauthorized?: boolean | undefined
  /**
   * The proxy that every request goes through, by `CONNECT`: `http://host:port` or `https://host:port`, with its credentials in
   * the address (`http://user:password@host:port`; percent-encoded). `false` uses none, whatever the environment says. Default:
   * `HTTPS_PROXY`, `HTTP_PROXY` (for `https:` addresses too, where `HTTPS_PROXY` is missing) and `NO_PROXY` (hosts, domains,
   * and ranges of addresses like `127.0.0.0/8`), of which the lower-case forms win.
   */
  readonly proxy?: string | URL | false | undefined
  /** The most connections to one origin at a time; further requests wait. Default: no limit. */
  readonly connections?: number | undefined
  /** Milliseconds that an idle connection is kept for the next request, unless the server says otherwise. Default 4000. */
  readonly keepAliveMs?: number | undefined
}
