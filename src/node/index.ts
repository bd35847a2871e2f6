/// <reference lib="esnext.disposable" preserve="true" />
export { createNodeFetch } from './node-fetch.js'
export type { NodeFetch } from './node-fetch.js'
export type { NodeFetchOptions, Pem } from './options.js'
export { uploadFromPath } from './upload-from-path.js'
export { downloadToPath } from './download-to-path.js'
export type { PathTransferOptions } from './transfer-options.js'
