export const open = () => ({ show() {} });
