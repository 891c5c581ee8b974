"""Every sentence the bridge itself says to a shopper. One place, so that the tone is one.

Rules: short, warm, concrete, 您; say what happens next; no excuses; never promise compensation or an amount.
"""

from contracts.bot_output import Choice

GREETING = (
    "您好，我是{shop_name}的 AI 智能客服，可以帮您查物流、办理退换货和报修。"
    "请直接说说遇到的问题，随时可以点「转人工」找人工客服。"
)
GREETING_CHOICES = [
    Choice(title="查物流", intent="logistics_track"),
    Choice(title="退货退款", intent="return_apply"),
    Choice(title="商品报修", intent="repair_apply"),
    Choice(title="转人工", intent="human_request"),
]

QUEUED = "已为您转接人工客服，您现在排在第 {position} 位。可以继续补充情况，客服接入后都能看到。"
QUEUED_WITH_WAIT = (
    "已为您转接人工客服，您现在排在第 {position} 位，预计等待 {wait}。可以继续补充情况，客服接入后都能看到。"
)
NO_AGENT = (
    "现在没有人工客服在线（服务时间：{service_hours}）。您可以把问题和期望的处理方式留言给我们，"
    "客服上线后会在这里回复您；也可以点「返回智能客服」继续由我为您服务。"
)
BOT_DOWN = "智能客服暂时开小差了，您的消息我们已经收到，正在为您转接人工客服。"
AGENT_JOINED = "人工客服{agent_name}已接入，将为您服务。"
AGENT_CHANGED = "正在为您转接另一位客服，之前的情况不用重复说明。"
AGENT_LOST = "客服的网络断开了，已把您排回原来的位置，会尽快由其他客服接待。"
AGENT_SILENT = "让您久等了。已把您排回原来的位置，由其他客服继续处理，之前的情况不用重复说明。"
GUEST_JOINED = "客服{agent_name}也加入了会话，一起为您处理。"
GUEST_LEFT = "客服{agent_name}已离开会话，原来的客服继续为您服务。"
AGENT_BACK = "客服{agent_name}继续为您服务。"
BACK_TO_BOT = "已为您切换回智能客服，请继续说说您的问题。"
CLOSED = "本次人工服务已结束，感谢您的耐心。之后有问题直接发消息，智能客服会先为您解答。"
MESSAGE_LEFT = "您的留言已收到，客服上线后会在这里回复您，您可以放心离开页面。"
CALLBACK_WISH = "请在{when}联系我。"
CALLBACK_BOOKED = "已为您预约{when}，客服会在这个时间在这里联系您，您可以放心离开页面。"
CALLBACK_NOW = "约好的时间到了，正在为您安排客服。"
BUSY = (
    "现在咨询的人很多，排队已满，暂时不能再排入。您可以留言或预约回复时间，客服会按时在这里联系您；"
    "也可以继续由智能客服为您服务。"
)
MESSAGE_LEFT_TICKET = "留言已登记，编号 {ticket_id}，最晚 {deadline} 前回复您。"
EMERGENCY = "情况紧急，请先确保人身安全，必要时请拨打 110、119 或 120。已为您优先转接人工客服。"
MONEY_AT_RISK = (
    "涉及账户或财产安全：请先不要转账，也不要把验证码告诉任何人；账户异常的请尽快修改密码，有损失的请拨打 110 报警。"
    "已为您优先转接人工客服。"
)
IDENTITY_DATA = "为了您的信息安全，请不要在聊天中发送身份证号或银行卡号。接下来由人工客服为您处理。"

FIRST_WORDS = {
    "emergency": "您好，我是人工客服。请先确认您和家人现在是否安全。",
    "complaint": "您好，我是人工客服，这件事由我来跟进。",
    "emotion": "您好，我是人工客服，让您着急了，这件事由我来跟进。",
    "abuse": "您好，我是人工客服，让您不愉快了，这件事由我来跟进。",
    "identity_data": "您好，我是人工客服，您的信息我会保密处理。",
    "elder": "您好，我是人工客服，您慢慢说，我来帮您办。",
    "callback": "您好，我是人工客服，按约定的时间来联系您。",
    "other": "您好，我是人工客服。",
}
"""What an agent may begin with, by the reason of the handoff; a suggestion, never sent by itself."""
SEEN = "您说的「{wanted}」我已经看到了，不用重复说明，我马上为您处理。"
ASK = "请问有什么可以帮您？"
HANDED_OVER = {
    "emotion": "让您着急了，现在就为您转接人工客服。",
    "elder": "您不用操作，现在就为您转接人工客服帮您办。",
    "high_value": "这笔金额较高，为您转接人工客服核实办理。",
    "policy_needs_person": "这种情况需要人工核实，现在就为您转接人工客服。",
    "vip": "现在就为您转接人工客服。",
    "low_confidence": "这个问题我不够有把握，为您转接人工客服处理。",
    "no_result": "这个问题还没有帮您解决，现在就为您转接人工客服。",
}
"""What the bridge says itself where it saw the need and the bot did not."""
CASE_OPENED = "已为您登记售后，进度都在这张单里。"
TICKET_OPENED = "已为您登记，处理结果会在约定时间前告诉您。"

# In IM, where there are no buttons of our own.
CHOOSE = "请选择："
ANSWER_BY_NUMBER = "回复数字即可选择。"
MORE_ON_PAGE = "更多选项请打开：{url}"
LEAVE_QUEUE = "返回智能客服"
RATE_SERVICE = "请您为本次人工服务打分："
SCORES = ("1 分 很不满意", "2 分 不满意", "3 分 一般", "4 分 满意", "5 分 非常满意")
RATED = "收到您的评价，谢谢您。"
GO_ON = "还有回复没有发完，请回复任意内容继续查看。"
STILL_WORKING = "正在为您处理，请稍后回复任意内容查看结果。"
MEDIA_NAMES = {"picture": "图片", "voice": "语音", "video": "视频", "file": "文件"}
MEDIA = {kind: f"[{name}]" for kind, name in MEDIA_NAMES.items()}
VOICE_OF = "[语音 {seconds} 秒]"
VOICE_NOT_HEARD = "语音已经收到，不过智能客服还听不懂语音，麻烦您打字说一下；也可以回复「转人工」请客服来听。"
FILE_NOT_READ = "已经收到。请用文字说一下遇到的问题，这样处理得更快；也可以回复「转人工」请客服来看。"
NOT_TAKEN = "抱歉，这里收不到{what}，麻烦您用文字说一下。"
NOT_RECEIVED = "{what}（没有收到：{reason}）"
SEND_AGAIN = "抱歉，您发来的{what}没有收到（{reason}），麻烦再发一次，或者用文字说一下。"
FILE_LINK = "[{what}] {name}：{url}"


def wait_words(low_s: int, high_s: int) -> str:
    """An honest interval: whole minutes, never a false precision."""
    if high_s < 60:
        return "不到 1 分钟"
    low, high = max(1, round(low_s / 60)), max(1, -(-high_s // 60))
    return f"约 {high} 分钟" if low >= high else f"{low}～{high} 分钟"


RECALLED = "[已撤回]"
RECALLED_NOTE = "撤回了一条消息：{text}"
QUOTED = "引用「{text}」"
