// Fonts of drawn text: the page's own first, then those of Windows, macOS and Linux. Pictures in SVG name them all and
// embed none: programs that edit SVG (Inkscape, Illustrator, Office) ignore embedded fonts, and text stays text.
export const FONT = '"Yihe SC","Noto Sans SC","Noto Sans CJK SC","Source Han Sans SC","Microsoft YaHei","PingFang SC","Hiragino Sans GB","WenQuanYi Micro Hei","SimHei",sans-serif';
