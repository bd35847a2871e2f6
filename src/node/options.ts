/** PEM text (`-----BEGIN ...`) as a string, or as bytes read from a file; or several of them. */
export type Pem = string | Uint8Array | readonly (string | Uint8Array)[]

/** Options of `createNodeFetch`. All of them hold for every request of that fetch. */
export interface NodeFetchOptions {
  /**
   * Certificates of the authorities to trust, or a self-signed server's own, in place of the list that Node comes with (add
   * `...tls.rootCertificates` to trust those too). An `https:` proxy is held against them as well. Default: Node's list, and
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
   * `false` accepts any certificate of the server, and so anyone in the middle of the way: for tests alone; `ca` is what to use
   * otherwise. An `https:` proxy must still show a valid certificate. Default `true`.
   */
  readonly rejectUnauthorized?: boolean | undefined
  /**
   * The proxy that every request goes through, by `CONNECT`: `http://host:port` or `https://host:port`, with its credentials in
   * the address (`http://user:password@host:port`; percent-encoded). `false` for none, whatever the environment says. Default:
   * `HTTPS_PROXY`, `HTTP_PROXY` (for `https:` addresses too, where `HTTPS_PROXY` is missing) and `NO_PROXY` (hosts, domains,
   * and ranges of addresses like `127.0.0.0/8`), of which the lower-case forms win.
   */
  readonly proxy?: string | URL | false | undefined
  /** The most connections to one origin at a time; what is more waits. Default: no limit. */
  readonly connections?: number | undefined
  /** Milliseconds that an idle connection is kept for the next request, unless the server says otherwise. Default 4000. */
  readonly keepAliveMs?: number | undefined
}
