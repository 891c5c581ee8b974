/**
 * The components of Element Plus the workspace uses, each from its own module: the library's front door would bring
 * all of them. Their styles are in styles/element.ts.
 */

export { ElButton } from "element-plus/es/components/button/index";
export { ElConfigProvider } from "element-plus/es/components/config-provider/index";
export { ElDialog } from "element-plus/es/components/dialog/index";
export { ElDropdown, ElDropdownItem, ElDropdownMenu } from "element-plus/es/components/dropdown/index";
export { ElIcon } from "element-plus/es/components/icon/index";
export { ElInput } from "element-plus/es/components/input/index";
export { ElOption, ElSelect } from "element-plus/es/components/select/index";
export { ElSegmented } from "element-plus/es/components/segmented/index";
export { ElSkeleton } from "element-plus/es/components/skeleton/index";
export { ElTooltip } from "element-plus/es/components/tooltip/index";
