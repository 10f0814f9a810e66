/** What the build puts into the module for notebooks. */
declare module 'packed' {
  export const index: import('./unpack.js').Index;
  export const base64: string;
}
