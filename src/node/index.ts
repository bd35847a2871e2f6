/// <reference lib="esnext.disposable" preserve="true" />
export { createNodeFetch } from './node-fetch.js'
export type { NodeFetch } from './node-fetch.js'
export type { NodeFetchOptions, Pem } from './options.js'
