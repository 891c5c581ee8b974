"""The bridge put together: every part is made here and handed what it needs. Nothing else constructs a service."""

from dataclasses import dataclass

from handoff_api.clients.bot import BotClient
from handoff_api.clients.files import Folder
from handoff_api.clients.shop import ShopClient
from handoff_api.domain.clock import Clock, utc_now
from handoff_api.fanout import Fanout
from handoff_api.record.database import Record
from handoff_api.services.accounts import Accounts
from handoff_api.services.agent_desk import AgentDesk
from handoff_api.services.assignment import Assignment
from handoff_api.services.background import Background
from handoff_api.services.board import BoardDesk
from handoff_api.services.callbacks import Callbacks
from handoff_api.services.canned_replies import CannedReplies
from handoff_api.services.case_desk import CaseDesk
from handoff_api.services.closing import Closing
from handoff_api.services.conversations import Conversations
from handoff_api.services.corrections import Corrections
from handoff_api.services.customers import Customers
from handoff_api.services.deadlines import Deadlines
from handoff_api.services.desk_search import DeskSearch
from handoff_api.services.file_links import FileLinks
from handoff_api.services.files import Files
from handoff_api.services.gauges import Gauges
from handoff_api.services.handoffs import Handoffs
from handoff_api.services.herald import Herald
from handoff_api.services.left_messages import LeftMessages
from handoff_api.services.lineup import Lineup
from handoff_api.services.mentions import Mentions
from handoff_api.services.message_line import MessageLine
from handoff_api.services.messages import Messages
from handoff_api.services.notices import Notices
from handoff_api.services.packages import Packages
from handoff_api.services.personnel import Personnel
from handoff_api.services.presets import PresetDesk
from handoff_api.services.readings import Readings
from handoff_api.services.recalls import Recalls
from handoff_api.services.rule_book import RuleBook
from handoff_api.services.shopper_desk import ShopperDesk
from handoff_api.services.shopper_history import ShopperHistory
from handoff_api.services.silence import Silence
from handoff_api.services.similar_answers import SimilarAnswers
from handoff_api.services.speaking import Speaker
from handoff_api.services.staffing import Staffing
from handoff_api.services.statistics import StatisticsDesk
from handoff_api.services.supervision import Supervision
from handoff_api.services.tally import Tally
from handoff_api.services.turns import Turns
from handoff_api.services.unattended import Unattended
from handoff_api.services.views import Views
from handoff_api.settings import Settings
from handoff_api.store.connection import Connection
from handoff_api.store.hints import Hints
from handoff_api.store.limits import Limits
from handoff_api.store.presence import Presence
from handoff_api.store.queue import Queue
from handoff_api.store.reservations import Reservations


@dataclass(frozen=True)
class Bridge:
    """All parts of one process."""

    settings: Settings
    clock: Clock
    record: Record
    redis: Connection
    reservations: Reservations
    limits: Limits
    bot: BotClient
    shop: ShopClient
    fanout: Fanout
    background: Background
    staffing: Staffing
    lineup: Lineup
    views: Views
    herald: Herald
    assignment: Assignment
    silence: Silence
    deadlines: Deadlines
    callbacks: Callbacks
    turns: Turns
    readings: Readings
    conversations: Conversations
    messages: Messages
    shopper_desk: ShopperDesk
    files: Files
    file_links: FileLinks
    left_messages: LeftMessages
    closing: Closing
    agent_desk: AgentDesk
    recalls: Recalls
    mentions: Mentions
    supervision: Supervision
    accounts: Accounts
    personnel: Personnel
    tally: Tally
    gauges: Gauges
    notices: Notices
    customers: Customers
    case_desk: CaseDesk
    canned_replies: CannedReplies
    desk_search: DeskSearch
    presets: PresetDesk
    shopper_history: ShopperHistory
    similar_answers: SimilarAnswers
    statistics: StatisticsDesk
    rules: RuleBook
    board: BoardDesk
    corrections: Corrections

    async def close(self) -> None:
        await self.background.close()
        await self.bot.close()
        await self.shop.close()
        await self.redis.close()
        await self.record.close()


def build_bridge(settings: Settings, clock: Clock = utc_now) -> Bridge:
    """Opens no connection yet; each is made when it is first needed."""
    shop_id = settings.shop_id
    turn_secret = settings.turn_secret.get_secret_value()
    record = Record(settings.database_url)
    redis = Connection(settings.redis_url, timeout=settings.redis_timeout)
    bot = BotClient(
        settings.bot_urls,
        settings.bot_token.get_secret_value(),
        timeout=settings.bot_timeout,
        parse_timeout=settings.parse_timeout,
    )
    shop = ShopClient(settings.shop_api_url, settings.shop_api_token.get_secret_value(), timeout=settings.shop_timeout)
    fanout, tally = Fanout(), Tally()
    background = Background()
    reservations = Reservations(redis, shop_id)
    limits = Limits(redis, shop_id)
    presence = Presence(redis, shop_id)
    staffing = Staffing(record, presence, clock, lifetime=settings.presence_lifetime, shop_id=shop_id)
    lineup = Lineup(record, Queue(redis, shop_id), reservations, shop_id=shop_id)
    rules = RuleBook(record, settings.rules, clock, shop_id=shop_id, said_hours=settings.service_hours)
    views = Views(lineup, staffing, rules, clock)
    herald = Herald(record, fanout, Hints(redis, shop_id), views, staffing, background)
    speaker = Speaker(settings.shop_name)
    packages = Packages(rules)
    handoffs = Handoffs(speaker, views, packages, rules)
    assignment = Assignment(
        record,
        lineup,
        reservations,
        staffing,
        herald,
        speaker,
        packages,
        rules,
        clock,
        shop_id=shop_id,
        offer_lifetime=settings.offer_lifetime,
        decline_pause=settings.decline_pause,
    )
    files = Files(record, Folder(settings.files_dir), clock, lifetime=settings.file_lifetime)
    turns = Turns(
        record,
        bot,
        handoffs,
        packages,
        assignment,
        staffing,
        herald,
        speaker,
        background,
        clock,
        turn_secret=turn_secret,
        turn_join=settings.turn_join,
        files_url=f"{settings.own_origins[0]}/v1/files",
    )
    readings = Readings(record, bot, handoffs, lineup, herald, background)
    conversations = Conversations(
        record,
        views,
        speaker,
        lineup,
        assignment,
        herald,
        clock,
        shop_id=shop_id,
        greeting=settings.said_greeting,
        bridge_secret=settings.bridge_secret.get_secret_value(),
        identity_secret=settings.identity_secret.get_secret_value(),
        anonymous_lifetime=settings.anonymous_token_lifetime,
        shopper_lifetime=settings.shopper_token_lifetime,
    )
    left_messages = LeftMessages(
        record,
        shop,
        herald,
        speaker,
        background,
        packages,
        rules,
        clock,
        turn_secret=turn_secret,
        deadline=settings.left_message_deadline,
    )
    unattended = Unattended(
        record,
        readings,
        handoffs,
        left_messages,
        staffing,
        lineup,
        assignment,
        herald,
        speaker,
        limits,
        background,
        clock,
    )
    line = MessageLine(record, turns, clock)
    messages = Messages(
        record,
        line,
        turns,
        readings,
        handoffs,
        assignment,
        left_messages,
        files,
        staffing,
        lineup,
        unattended,
        herald,
        speaker,
        limits,
        tally,
        rules,
        clock,
        messages_per_s=settings.messages_per_s,
        burst=settings.message_burst,
    )
    closing = Closing(
        record,
        herald,
        speaker,
        clock,
        shop_id=shop_id,
        shop_name=settings.shop_name,
        wrap_up_lifetime=settings.wrap_up_lifetime,
        session_idle=settings.session_idle,
    )
    agent_desk = AgentDesk(record, line, assignment, closing, files, staffing, views, herald, tally, clock)
    customers = Customers(record, shop, clock, turn_secret=turn_secret)
    return Bridge(
        settings=settings,
        clock=clock,
        record=record,
        redis=redis,
        reservations=reservations,
        limits=limits,
        bot=bot,
        shop=shop,
        fanout=fanout,
        background=background,
        staffing=staffing,
        lineup=lineup,
        views=views,
        herald=herald,
        assignment=assignment,
        silence=Silence(
            record,
            assignment,
            herald,
            clock,
            shop_id=shop_id,
            limit=settings.answer_limit,
            patience=settings.answer_patience,
        ),
        deadlines=Deadlines(record, herald, rules, clock, shop_id=shop_id),
        callbacks=Callbacks(record, assignment, speaker, rules, clock, shop_id=shop_id),
        turns=turns,
        readings=readings,
        conversations=conversations,
        messages=messages,
        shopper_desk=ShopperDesk(record, messages, views, herald, fanout, shop_name=settings.shop_name),
        files=files,
        file_links=FileLinks(settings.own_origins[0], settings.bridge_secret.get_secret_value(), clock),
        left_messages=left_messages,
        closing=closing,
        agent_desk=agent_desk,
        recalls=Recalls(record, agent_desk, herald, clock),
        mentions=Mentions(record, clock),
        supervision=Supervision(record, agent_desk, assignment, staffing, herald, speaker, clock),
        accounts=Accounts(
            record,
            limits,
            herald,
            clock,
            shop_id=shop_id,
            sign_in_lifetime=settings.sign_in_lifetime,
            sign_ins_per_minute=settings.sign_ins_per_minute,
        ),
        personnel=Personnel(record, agent_desk, herald, limits, clock, shop_id=shop_id),
        tally=tally,
        gauges=Gauges(record, redis, staffing, fanout, tally, clock, shop_id=shop_id),
        notices=Notices(record, conversations, herald, speaker, clock, shop_id=shop_id),
        customers=customers,
        case_desk=CaseDesk(record, shop, customers, herald, clock),
        canned_replies=CannedReplies(record, clock),
        desk_search=DeskSearch(record, views, clock),
        presets=PresetDesk(record, clock),
        shopper_history=ShopperHistory(record, agent_desk, clock),
        similar_answers=SimilarAnswers(record, clock),
        statistics=StatisticsDesk(record, clock),
        rules=rules,
        board=BoardDesk(record, views, staffing, rules, clock),
        corrections=Corrections(record, clock),
    )
