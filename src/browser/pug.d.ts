/** A partial, compiled at build time. */
declare module '*.pug' {
  const render: (locals: Record<string, unknown>) => string;
  export default render;
}
