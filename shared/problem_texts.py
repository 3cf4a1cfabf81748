"""Explains each problem and what to do about it, in Chinese and English.

They are in the notation of `shared.plural`; its values are details of the problem.
"""

from collections.abc import Mapping
from typing import Any

from shared.plural import fill
from shared.profiles.registry import field_label
from shared.vocabulary import EventType, Role, Status, Term

SENTENCES: dict[str, tuple[str, str]] = {
    "malformed_json": (
        "收到的内容不完整，请重试；仍然不行请联系管理员。",
        "The data received was incomplete. Try again; if this keeps happening, tell your administrator.",
    ),
    "too_deep": (
        "收到的内容格式不对，没有保存，请联系管理员。",
        "The data received has an invalid format and was not saved. Tell your administrator.",
    ),
    "invalid": (
        "有内容填得不对〔：{fields}〕，请改正后再保存。",
        "Some entries are not valid〔: {fields}〕. Correct them and save again.",
    ),
    "unknown_field": (
        "有内容是这个版本不认识的，请更新应用后重试。",
        "Some of the content is not supported by this version. Update the app and try again.",
    ),
    "body_too_large": (
        "一次发送的内容太多，请分几次发送。",
        "Too much data was sent at once. Send it in smaller parts.",
    ),
    "bad_encoding": ("收到的内容在路上损坏了，请重试。", "The data was damaged in transit. Try again."),
    "body_too_slow": (
        "网络太慢，内容没有按时送到，没有保存，请稍后再试。",
        "The connection is too slow: the data did not arrive in time and was not saved. Try again later.",
    ),
    "unsupported_encoding": (
        "收到的内容格式不支持，请更新应用后重试。",
        "The data format is not supported. Update the app and try again.",
    ),
    "not_found": (
        "没有找到这个页面或记录，请返回上一页。",
        "This page or record was not found. Go back to the previous page.",
    ),
    "method_not_allowed": (
        "这里不能这样操作，请返回上一页。",
        "You cannot do that here. Go back to the previous page.",
    ),
    "cross_site": (
        "这个请求来自别的网站，为了安全没有执行，请在本系统的页面上操作。",
        "The request came from another website and was blocked for security. Use this system's own pages.",
    ),
    "export_too_long": (
        "行数太多，一个 Excel 文件放不下〔（最多 {limit_wan} 万行）〕。请缩小筛选范围，或者导出 CSV。",
        "Too many rows for one Excel file〔 (at most {limit_million} million)〕. Narrow the filter, or "
        "export CSV.",
    ),
    "overloaded": (
        "现在使用的人太多，请过一会儿再试；手机上的记录不会丢。",
        "The system is very busy. Try again in a few minutes. Records on phones are safe.",
    ),
    "storage_full": (
        "服务器的存储空间满了，这次没有保存，请马上联系管理员。",
        "The server's storage is full and this was not saved. Tell your administrator right away.",
    ),
    "database_unavailable": (
        "服务器暂时存取不了数据，请过一会儿再试，或告诉管理员；手机上的记录不会丢。",
        "The server cannot reach its data right now. Try again later, or tell your administrator. "
        "Records on phones are safe.",
    ),
    "photos_unavailable": (
        "服务器暂时存取不了照片，请过一会儿再试，或告诉管理员；手机上的照片不会丢。",
        "The server cannot reach its photos right now. Try again later, or tell your administrator. "
        "Photos on phones are safe.",
    ),
    "setting_invalid": (
        "服务器的设置〔 {setting} 〕不对，请改正后再启动。",
        "A setting of the server is not valid〔: {setting}〕. Correct it and start again.",
    ),
    "folder_unusable": (
        "这个文件夹或文件用不了〔：{path}〕，请检查它在不在、能不能写入。",
        "This folder or file cannot be used〔: {path}〕. Check that it exists and can be written.",
    ),
    "data_missing": (
        "这里没有安澜的数据〔：{path}〕，请检查写得对不对；什么都没有改动。",
        "There is no Anlan data here〔: {path}〕. Check the spelling. Nothing was changed.",
    ),
    "data_there": (
        "这里已经有安澜的数据〔：{path}〕。备份只能恢复到还没有数据的地方；什么都没有改动。",
        "There is Anlan data here already〔: {path}〕. A backup is restored only where there is "
        "nothing yet. Nothing was changed.",
    ),
    "program_missing": (
        "没有找到程序〔 {program} 〕，请安装 PostgreSQL 的客户端程序后再试。",
        "The program〔 {program}〕 was not found. Install PostgreSQL's client programs and try again.",
    ),
    "backup_key_missing": (
        "这里还没有备份过，要用 --to 给出公钥。还没有密钥的，先运行 anlan backup-key。",
        "Nothing was backed up here before: give the public key with --to. Without a key yet, run "
        "anlan backup-key.",
    ),
    "backup_key_other": (
        "这里以前的备份是给另一把公钥加密的。换公钥请另用一个文件夹；什么都没有改动。",
        "Earlier backups here are encrypted to another public key. Use another folder for a new key. "
        "Nothing was changed.",
    ),
    "backup_key_changed": (
        "这里的公钥〔（{path}）〕不是本系统一直用的。是您换的，请用 --to 写明；"
        "不是的，别人就能打开备份，所以没有备份。",
        "The public key here〔 ({path})〕 is not the one of this server's backups. If you changed it, name "
        "it with --to; if not, somebody else could open the backup. Nothing was written.",
    ),
    "backup_key_wrong": (
        "密钥不对：不是这份备份的密钥，或者文件写得不对。",
        "The key is not right: it is not the key of this backup, or the file is not a key.",
    ),
    "backup_missing": (
        "这里没有完整的备份〔：{path}〕。中途断掉的备份不算。",
        "There is no whole backup here〔: {path}〕. One that was cut is none.",
    ),
    "backup_damaged": (
        "备份已损坏〔：{what}〕，没有恢复任何内容。请用更早的一份。",
        "The backup is damaged〔: {what}〕. Nothing was restored. Use an earlier one.",
    ),
    "backup_newer": (
        "这份备份是更新的版本做的，请用那个版本恢复；什么都没有改动。",
        "This backup was made by a newer version. Restore it with that version. Nothing was changed.",
    ),
    "backup_not_written": (
        "备份没有写成〔：{path}〕〔（{why}）〕。以前的备份不受影响，请检查磁盘后再试。",
        "The backup was not written〔: {path}〕〔 ({why})〕. Earlier ones are as they were. Check the disk "
        "and try again.",
    ),
    "backup_other_database": (
        "这份备份是在另一种存储上做的〔：{backup}，这里是 {here}〕，请按手册换成同一种再恢复。",
        "This backup was made on another kind of storage〔: {backup}, here it is {here}〕. Restore it on the "
        "same kind, as the handbook says.",
    ),
    "too_many_attempts": (
        "尝试的次数太多，请过一会儿再试；急用请找管理员。",
        "Too many attempts. Wait a while and try again, or ask your administrator.",
    ),
    "too_many_changes": (
        "短时间内送来的内容太多，服务器暂时不再接收；其余的留在手机上，过一会儿会自动再送。",
        "Too much was sent in a short time. The rest stays on the phone and is sent later.",
    ),
    "too_many_devices": (
        "今天以您的名义登记的设备太多，请明天再试或联系管理员；手机上的记录不会丢。",
        "Too many devices were registered in your name today. Try again tomorrow or ask your administrator. "
        "Records on the phone are safe.",
    ),
    "internal": (
        "服务器出错了，请稍后重试；仍然不行请联系管理员。",
        "The server had an error. Try again later; if this keeps happening, tell your administrator.",
    ),
    "sign_in_required": ("请先登录。", "Please sign in first."),
    "sign_in_failed": ("姓名或密码不对，请再试一次。", "Wrong name or password. Try again."),
    "second_factor_unavailable": (
        "服务器上两步验证的密钥文件现在用不了〔：{key_file_is}〕，验证码没法核对。"
        "登录请输入一个备用码；没有备用码，请管理员重置两步验证。",
        "The key file of two-step verification cannot be used now〔: {key_file_is}〕, so codes of an app "
        "cannot be checked. Sign in with a recovery code, or ask the administrator for a reset.",
    ),
    "second_factor_wrong": (
        "验证码不对，或者已经用过。请等应用显示下一个验证码再试，并检查手机的时间是否准确。",
        "The code is wrong or was used before. Wait until the app shows the next one, "
        "and check that the phone's clock is right.",
    ),
    "token_invalid": (
        "这部手机已停用或未登记，手机上的记录还在；请向管理员要一个新的登记码。",
        "This phone is no longer registered. Its records are still here. "
        "Ask your administrator for a new enrolment code.",
    ),
    "code_invalid": (
        "登记码不对、已用过或已过期，请向管理员要一个新的。",
        "The code is wrong, already used or expired. Ask your administrator for a new one.",
    ),
    "link_invalid": (
        "这个链接已用过或已过期，请向管理员要一个新的。",
        "This link has already been used or has expired. Ask your administrator for a new one.",
    ),
    "role_forbidden": (
        "您的角色〔（{role}）〕不能做这一步〔：{step}〕，请交给审核人或管理员。",
        "Your role〔 ({role})〕 is not allowed to do this〔: {step}〕. Ask a reviewer or an administrator.",
    ),
    "out_of_scope": (
        "这条记录不在您负责的园区(镇街)范围内，没有接收；需要处理请联系管理员。",
        "This record lies outside the towns that you work in and was not accepted. "
        "Tell the administrator if it concerns you.",
    ),
    "campaign_foreign": (
        "这条记录属于另一项工作，没有接收，请联系管理员。",
        "This record belongs to another campaign and was not accepted. Tell your administrator.",
    ),
    "name_taken": ("这个姓名已经有人用了，请换一个。", "This name is already taken. Choose another."),
    "name_unclear": (
        "这个名字里有看不见或容易混淆的字符，或者容易被当成系统的名称，请换一个。",
        "This name has invisible or easily confused characters, or could be taken for the system itself. "
        "Choose another.",
    ),
    "own_account": (
        "不能停用自己的账号或改自己的角色，请让另一位管理员来办。",
        "You cannot deactivate your own account or change your own role. Ask another administrator.",
    ),
    "last_administrator": (
        "这是最后一位管理员，不能停用，也不能收回管理员权限。请先让另一个人成为管理员。",
        "This is the last administrator, whose role and account must stay. "
        "Make somebody else an administrator first.",
    ),
    "grant_too_wide": (
        "不能给出比自己更大的权限。",
        "You cannot give a role that reaches further than your own.",
    ),
    "scope_unfit": (
        "角色和范围对不上：教师、学校管理员要填学校，其他角色选园区(镇街)，不选为全市。",
        "The role does not fit the scope: teachers and school administrators need a school, "
        "all others towns, or none for the whole city.",
    ),
    "people_file_unreadable": (
        "这个文件打不开，没有导入任何人。请下载模板，填好后另存为 .xlsx 再试，不要加密码。",
        "This file cannot be opened; nobody was imported. Fill in the template and save it as .xlsx, "
        "without a password.",
    ),
    "people_file_too_large": (
        "这个文件太大，没有导入任何人。一个文件最多 1 万人，请分成几个文件，去掉图片。",
        "This file is too large; nobody was imported. A file takes at most 10,000 people and no pictures: "
        "divide it.",
    ),
    "nobody_chosen": (
        "没有选人。请先在“人员”里勾选要打印的人，一次最多 100 人；停用的人不能打印。",
        "Nobody was chosen. Tick people under People first, at most 100 at a time. "
        "Inactive people get no sheet.",
    ),
    "people_columns_missing": (
        "第一行没有“姓名”和“角色”两列，没有导入任何人。请用模板，不要改第一行。",
        "The first row lacks the columns Name and Role; nobody was imported. Use the template "
        "and keep its first row.",
    ),
    "class_in_use": (
        "这所学校已经有叫这个名字的班级，两个班不能合成一个。请先给那个班改名。",
        "The school already has a class of that name, and two classes cannot become one. "
        "Rename that one first.",
    ),
    "password_weak": (
        "密码太短或太长〔：要 {shortest} 到 {longest} 个字符〕，请换一个。",
        "The password is too short or too long〔: it needs {shortest} to {longest} characters〕. "
        "Choose another one.",
    ),
    "password_guessable": (
        "这个密码太容易猜到：常见的密码、姓名、日期、键盘上的一串，别人最先会试。"
        "请换一个，几个不相干的词连在一起就好。",
        "This password is too easy to guess: common ones, names, dates and rows of the keyboard are tried "
        "first. Choose another one; several unrelated words will do.",
    ),
    "operation_rewritten": (
        "服务器上同一条记录的内容与手机不同，可能是手机数据被复制过；记录还在手机上，请联系管理员。",
        "The server has different content for the same entry. The phone's data may have been copied. "
        "The records are still on the phone. Tell your administrator.",
    ),
    "epoch_changed": (
        "服务器恢复过数据，手机会重新核对并补送，请不要卸载应用。",
        "The server was restored from a backup. The phone will check its records and send them again. "
        "Do not uninstall the app.",
    ),
    "operation_too_large": (
        "这次保存的内容太多，没有接收，内容还在手机上，请联系管理员。",
        "This entry holds too much and was not accepted. It is still on the phone. Tell your administrator.",
    ),
    "quarantine_full": (
        "这部手机有太多内容没有被接收，请联系管理员处理后再同步。",
        "Too many entries of this phone could not be accepted. Tell your administrator, then sync again.",
    ),
    "device_foreign": (
        "这条记录是另一部手机写的，没有接收，请联系管理员。",
        "This entry was written on another phone and was not accepted. Tell your administrator.",
    ),
    "author_foreign": (
        "这条记录写的是别人的名字，没有接收，请联系管理员。",
        "This entry is in another person's name and was not accepted. Tell your administrator.",
    ),
    "record_type_restricted": (
        "家访资料受保护，不能从这里保存或发送。",
        "Home visits are protected and cannot be saved or sent from here.",
    ),
    "record_type_mismatch": (
        "这条记录的编号已被另一类记录使用，没有接收，请联系管理员。",
        "This entry uses the ID of another kind of record and was not accepted. Tell your administrator.",
    ),
    "record_of_others": (
        "这条记录是别人登记的，或已有别人处理过，您不能删除、恢复、清空必填内容或移到别的园区(镇街)，"
        "请交给审核人。",
        "Somebody else wrote this record or has worked on it. You cannot delete, restore or move it, or "
        "clear what it must have. Ask a reviewer.",
    ),
    "record_removed": (
        "审核人已经删除了这条记录，您的修改没有接收，已留给管理员查看；确需恢复请联系审核人。",
        "A reviewer has deleted this entry, so your change was not accepted. An administrator can see it; "
        "ask a reviewer if the entry has to come back.",
    ),
    "record_settled": (
        "这处隐患已销号、不属实或已合并，不能再改，没有接收；确需更正请联系审核人。",
        "This hazard is closed, unfounded or merged, so the change was not accepted. "
        "Ask a reviewer to correct it.",
    ),
    "event_written": (
        "这条巡查或整改记录已经保存，不能改写；需要更正时请另加一条备注。",
        "This event has already been recorded and cannot be changed. To correct it, add a note.",
    ),
    "schema_unknown": (
        "手机上的应用版本与服务器不同，请更新应用后重试。",
        "The app and the server have different versions. Update the app and try again.",
    ),
    "discarded": (
        "办公室没有采纳这次保存〔：{reason}〕。",
        "The office discarded this record〔: {reason}〕.",
    ),
    "repaired": (
        "办公室已更正这次保存〔：{reason}〕。",
        "The office corrected this record〔: {reason}〕.",
    ),
    "quarantine_settled": (
        "这条记录已经处理过了。",
        "This entry has already been handled.",
    ),
    "conflict_changed": (
        "这处冲突刚刚有了变化，请看最新的内容后再决定。",
        "This conflict has just changed. Check the current values, then decide.",
    ),
    "hazard_unknown": (
        "没有找到这处隐患〔：没有编号为“{number}”的隐患，请核对编号〕；刚上报的，同步后才会有。",
        "This hazard was not found〔: no hazard has the number “{number}”〕. One that was just reported is"
        " here after a sync.",
    ),
    "step_not_open": (
        "这处隐患〔现在是“{status}”，〕不能再做这一步〔：{step}〕。请重新打开看看现在的情况。",
        "This step〔 ({step})〕 is not open〔 while the hazard is “{status}”〕. Open it again.",
    ),
    "too_many_steps": (
        "您在这处隐患上记录的步骤太多了〔，最多{limit}步〕。请换一个人记录，或者联系管理员。",
        "You recorded too many steps on this hazard〔 (at most {limit})〕. Let somebody else record them.",
    ),
    "too_many_photos": (
        "您在这里拍的照片太多了〔，最多{limit}张〕，这一张在“待核查”里等管理员处理。请换一个人拍，或者联系管理员。",
        "You attached too many photos here〔 (at most {limit})〕, so this one waits for an administrator. "
        "Let somebody else take them, or ask your administrator.",
    ),
    "acceptor_is_rectifier": (
        "整改的人不能验收自己的整改，请由另一位审核人验收。",
        "You cannot accept your own rectification. Ask another reviewer.",
    ),
    "after_photo_missing": (
        "还没有整改后的照片，不能报验或验收：这处隐患已有的照片不能再作整改后照片，要补拍一张。",
        "There is no photo of the finished work, which submitting and accepting need. One that this hazard"
        " already has does not count: a new one has to be taken.",
    ),
    "rectification_missing": (
        "没有整改记录（或反弹后还没有再整改），不能做这一步〔：{step}〕。",
        "No rectification is on record (or none since the relapse), so this step〔 ({step})〕 is not open.",
    ),
    "after_photo_awaited": (
        "整改后的照片还没有一张传到服务器，看不到照片不能验收，请等照片送达后再验收。",
        "No photo of the finished work has reached the server yet. Wait until one has arrived, then accept.",
    ),
    "evidence_elsewhere": (
        "整改后的照片都是别的隐患先用过的。确实也拍到这一处的，请写明原因再验收；不是的，请点“验收不通过”，请整改的人重拍。",
        "Every photo of the finished work was on another hazard first. If they show this one too, write why "
        "and accept again; if not, reject the work, so that new photos are taken.",
    ),
    "merge_target_gone": (
        "要并入的隐患不能是它自己，也不能是已删除、不属实或已合并的，请选另一处。",
        "A hazard cannot be merged into itself or into one that is deleted, unfounded or merged. "
        "Choose another.",
    ),
    "merge_takes_away": (
        "这处已经销号，要并入的那处还没有；并过去会少计一处，请反过来合并。",
        "This hazard is closed and the other is not; merging would take it out of the count. "
        "Merge the other into this one.",
    ),
    "told_apart_too_often": (
        "没有保存：这两处记下的“不是同一处”都已满〔（每处最多{limit}处）〕。确实不是同一处的，请先办理“登记”，登记后不再列出。",
        "Not saved: both hazards have already been told apart from too many others"
        "〔 (at most {limit} each)〕. If they are not the same, register the new one; it is then no longer "
        "listed.",
    ),
    "merged_hazards_here": (
        "有别的隐患已并入这处，所以没有删除。确要删除，请审核人先对并入的隐患办理“登记”，撤回合并。",
        "Other hazards are merged into this one, so it was not deleted. If it has to go, a reviewer first "
        "registers those again, which takes the merging back.",
    ),
    "merged_into_deleted": (
        "这处已并入另一处隐患，那处已删除；只恢复这处，台账里还是看不到，所以没有恢复。请先恢复那处，再恢复这处。",
        "This hazard was merged into another one that is deleted, so it was not restored: no list would "
        "show either of them. Restore the other one first, then this one.",
    ),
    "deadline_impossible": (
        "整改时限〔 {due_date}〕 早于排查日期〔 {found_on}〕，请改正。",
        "The deadline〔 {due_date}〕 is before the day the hazard was found〔, {found_on}〕. Correct it.",
    ),
    "position_swapped": (
        "经纬度好像写反了〔：纬度应为 {lat}，经度应为 {lon}〕，已经对调，请核对后继续。",
        "Latitude and longitude look swapped〔: latitude should be {lat}, longitude {lon}〕. "
        "They are exchanged now; check them and go on.",
    ),
    "position_doubtful": (
        "这个位置不在东莞附近，请核对。",
        "This position is not near Dongguan. Please check it.",
    ),
    "deadline_doubtful": (
        "整改时限〔 {due_date}〕 可能有误：已经过去、早于原定时限，或在两年以后。核对后勾选确认再保存。",
        "The deadline〔 {due_date}〕 looks wrong: it has passed, is before the current one, or is more than "
        "two years away. Check it, tick the box and save again.",
    ),
    "year_impossible": (
        "年度〔 {year}〕 不在台账的年份之内，请改正。",
        "The year〔 {year}〕 is not one of the register's years. Correct it.",
    ),
    "finding_impossible": (
        "排查日期〔 {found_on}〕 在一个月以后，请改正；手机的时间可能不对。",
        "The day of finding〔, {found_on},〕 is over a month ahead. Correct it, and check the phone's clock.",
    ),
    "hazard_changed": (
        "打开页面之后，别人改动了这处隐患，这一步还没有保存。请看下面的改动，再决定要不要保存。",
        "Somebody changed this hazard after you opened the page, and your step was not saved. "
        "Look at the changes below, then decide whether to save.",
    ),
    "reason_missing": (
        "请写明理由〔再做这一步：{step}〕。",
        "Please give a reason〔 for this step: {step}〕.",
    ),
    "photo_not_an_image": (
        "这个文件不是照片，请重新拍照或另选一张。",
        "This file is not a photo. Take a new one or choose another.",
    ),
    "photo_type_mismatch": (
        "这张照片的格式与文件名不符，请重新拍照或另选一张。",
        "The photo's format does not match its file name. Take a new one or choose another.",
    ),
    "photo_unreadable": (
        "这张照片是空的，或还在云端没有下载到手机，请先在相册里打开它，再选一次。",
        "This photo is empty or not yet on the phone. Open it in the gallery, then choose it again.",
    ),
    "photo_format_unsupported": (
        "这部手机打不开〔 {format} 〕照片，请在相机设置里选“兼容性最佳”（JPEG），再重新拍照或另选一张。",
        "This phone cannot open〔 {format}〕 photos. Choose “Most Compatible” (JPEG) in the camera's "
        "settings, then take a new one or choose another.",
    ),
    "photo_too_large": (
        "照片太大〔（最多 {limit_mb} MB）〕，请重新拍照或另选一张。",
        "The photo is too large〔 (at most {limit_mb} MB)〕. Take a new one or choose another.",
    ),
    "photo_too_many_pixels": (
        "照片太大〔（最多 {limit_wan} 万像素）〕，请把相机的分辨率调低，重新拍照或另选一张。",
        "The photo has too many pixels〔 (at most {limit_million} million)〕. "
        "Choose a lower resolution in the camera and take a new one, or choose another.",
    ),
    "photo_hash_mismatch": (
        "照片几次都在路上损坏了，请点“重试”再上传。",
        "The photo was damaged in transit several times. Tap Retry to send it again.",
    ),
    "photo_not_here": (
        "这张照片还没有送到服务器，请等手机上传完再看。",
        "This photo has not reached the server yet. Wait until the phone has sent it.",
    ),
    "photos_unnamed": (
        "已收到的照片中，有太多还不属于任何记录；其余的留在手机上，记录同步后会自动再送。",
        "Too many of the photos received so far belong to no record. "
        "The rest stays on the phone and is sent once the records are.",
    ),
    "photo_gone": (
        "手机和服务器上都没有这张照片的原图了，请补拍一张。",
        "The original of this photo is neither on the phone nor on the server. Please take a new one.",
    ),
    "upload_unknown": (
        "照片的上传已中断，手机会自动重新上传。",
        "The upload was interrupted. The phone will start it again automatically.",
    ),
    "upload_offset_conflict": (
        "照片只收到一部分，手机会自动接着上传。",
        "Only part of the photo has arrived. The phone will continue from there.",
    ),
    "upload_checksum_mismatch": (
        "照片的一部分在路上损坏了，手机会自动重新上传。",
        "Part of the photo was damaged in transit. The phone will send it again.",
    ),
    "upload_checksum_unsupported": (
        "照片没能上传，请更新应用后重试。",
        "The photo could not be sent. Update the app and try again.",
    ),
    "tus_version_unsupported": (
        "照片没能上传，请更新应用后重试。",
        "The photo could not be sent. Update the app and try again.",
    ),
    "envelope_unreadable": (
        "家访记录的密封件读不出来，已原样保存，请联系管理员。",
        "A sealed home visit cannot be read. It was kept as it came. Tell your administrator.",
    ),
    "envelope_too_large": (
        "家访记录的密封件太大，已原样保存，请联系管理员。",
        "A sealed home visit is too large. It was kept as it came. Tell your administrator.",
    ),
    "envelope_rewritten": (
        "同一编号的家访记录收到了两份不同的内容，两份都已保存，请联系管理员。",
        "Two different home visits came under the same number. Both were kept. Tell your administrator.",
    ),
    "envelope_key_unknown": (
        "家访记录用了服务器不认识的密钥，已原样保存，请联系管理员。",
        "The home visit was sealed with a key that the server does not know. It was kept as it came. "
        "Tell your administrator.",
    ),
    "envelope_key_destroyed": (
        "家访记录所用的密钥已按规定销毁，内容再也打不开。",
        "The key of this home visit has been destroyed. Nobody can open it any more.",
    ),
    "envelope_sealed_wrong": (
        "家访记录打不开，或者内容与封面不符，已原样保存，请联系管理员。",
        "The home visit does not open, or is not what its cover says. It was kept as it came. "
        "Tell your administrator.",
    ),
    "device_mismatch": (
        "家访记录是在别的手机上密封的，已另外保存，请联系管理员。",
        "The home visit was sealed on another phone. It was kept apart. Tell your administrator.",
    ),
    "unsent_file_damaged": (
        "这不是手机导出的未上传文件，或者不完整、被改动过，没有导入。请重新拷贝，或在手机上再导出一次。",
        "This is no file with unsent work, or it is incomplete or was changed. Nothing was imported. Copy it "
        "again, or export it again on the phone.",
    ),
    "unsent_file_foreign": (
        "这个文件不是给本系统的，打不开，什么都没有导入。手机同步一次以后可以再导出。",
        "This file was made for another system and cannot be opened. Nothing was imported. The phone can "
        "export again after a sync.",
    ),
    "unsent_file_too_large": (
        "文件太大〔（最大 {limit_mb} MB）〕，什么都没有导入。",
        "The file is too large〔 (at most {limit_mb} MB)〕. Nothing was imported.",
    ),
    "unsent_sender_unknown": (
        "本系统不认识导出这个文件的手机，什么都没有导入。请把手机重新登记，再上传或导出。",
        "The phone that made this file is not known here. Nothing was imported. Enrol the phone again, then "
        "let it send or export.",
    ),
    "unsent_not_theirs": (
        "这个文件不是所写的人的手机做的〔，是{person}的〕，什么都没有导入。请再核实是谁交来的。",
        "This file was not made by the phone of the person you named〔, but by that of {person}〕. Nothing "
        "was imported. Make sure whose it is.",
    ),
    "office_key_unavailable": (
        "服务器上打开这类文件的密钥现在用不了〔：{key_file_is}〕，什么都没有导入，请联系管理员。",
        "The server's key for such files cannot be used now〔: {key_file_is}〕. Nothing was imported. Tell "
        "your administrator.",
    ),
    "access_ended": (
        "随文件交来，而这部手机已经停用或换过凭证，要有人核实后才收下。",
        "It was handed in as a file of a phone whose access has ended or was renewed. Somebody has to decide "
        "whether to accept it.",
    ),
    "office_key_missing": (
        "本机还没有拿到办公室的公钥，暂时不能导出。连上网同步一次就有了。",
        "This phone does not have the office's key yet, so it cannot export. The next sync brings it.",
    ),
    "keys_unavailable": (
        "服务器上家访记录的密钥文件现在用不了〔：{key_file_is}〕。新的家访记录照常收下，但打不开；请联系管理员。",
        "The server's key file for home visits cannot be used now〔: {key_file_is}〕. New home visits are "
        "still accepted, but none can be opened. Tell your administrator.",
    ),
    "key_in_use": (
        "这个学年还没有结束，手机还在用这个密钥，不能销毁。",
        "The school year has not ended and phones still use this key. It cannot be destroyed yet.",
    ),
    "own_request": (
        "不能批准自己的申请，请另一位有权限的人来决定。",
        "You cannot decide on your own request. Ask another person who may.",
    ),
    "export_decided": ("这份申请已经有人决定了。", "Somebody has already decided on this request."),
    "export_not_approved": (
        "这份导出还没有批准，不能下载。",
        "This export has not been approved and cannot be downloaded.",
    ),
    "export_expired": (
        "这份导出的链接已过期，请重新申请。",
        "The link of this export has expired. Ask for a new one.",
    ),
    "handover_open": (
        "这名学生的家访已经提出过交接，还在等对方决定。可以先撤回，再重新提出。",
        "This pupil's home visits have been offered already and wait for an answer. Withdraw that offer "
        "first.",
    ),
    "handover_needless": (
        "这些家访已经在这个班了，请选择另一个班级或学校。",
        "These home visits are in that class already. Choose another class or school.",
    ),
    "handover_nobody": (
        "那个班还没有可以接收家访的老师或学校管理员。请核对学校和班级，或者请管理员给那边的老师授权。",
        "Nobody in that class may receive home visits yet. Check school and class, or ask your administrator "
        "to give somebody there a role.",
    ),
    "handover_settled": (
        "这次交接已经有了结果。",
        "This hand-over has already been settled.",
    ),
    "plan_settled": (
        "这份家访没有要审批的后续措施，或者已经批准了。",
        "This home visit has no follow-up plan to approve, or it has been approved already.",
    ),
    "consent_missing": (
        "没有监护人同意的记录，不能保存家访内容；请先征得同意。",
        "The guardian's consent is not recorded. Ask for it before saving the home visit.",
    ),
    "not_our_server": (
        "连上的不是本系统的服务器，可能要先登录这里的无线网络；记录已存在手机上。",
        "This is not the right server. You may need to sign in to the Wi-Fi network first. "
        "Your records are safe on the phone.",
    ),
    "server_unreachable": (
        "连不上服务器，记录已存在手机上，有网络时会自动发送。",
        "The server cannot be reached. Your records are safe on the phone and will be sent "
        "when there is a network.",
    ),
    "device_storage_full": (
        "手机的存储空间不够，没有保存；请清理空间后再点保存。",
        "The phone's storage is full and this was not saved. Free some space and save again.",
    ),
    "storage_blocked": (
        "浏览器不让保存数据，请不要用无痕模式，并允许本网站保存数据。",
        "The browser blocks saving. Leave private mode and allow this site to store data.",
    ),
    "opened_elsewhere": (
        "本应用已在另一个窗口打开，请关掉那个窗口再用这里。",
        "The app is open in another window. Close that window to continue here.",
    ),
    "location_denied": (
        "没有允许定位。请在手机设置里允许浏览器使用位置。",
        "Location access is not allowed. Allow it in the phone's settings.",
    ),
    "location_off": (
        "手机现在给不出位置。请打开“定位服务”再试。",
        "The phone has no position to give. Switch on Location Services and try again.",
    ),
    "location_timeout": (
        "一直没有新的定位。请到开阔处，打开“定位服务”和 Wi-Fi 再试，仍不行就重启手机。",
        "No new position came. Move into the open and switch on Location Services and Wi-Fi; restart the"
        " phone if that does not help.",
    ),
    "location_imprecise": (
        "定位太粗略〔，误差约 {metres} 米〕。请在手机设置里给浏览器打开“精确位置”再试。",
        "The position is not accurate enough〔: {metres} m〕. Switch on the precise location for the browser "
        "in the phone's settings and try again.",
    ),
    "camera_unavailable": (
        "相机打不开，请在手机设置里允许使用相机，或者从相册选择照片。",
        "The camera is not available. Allow it in the phone's settings, or choose an existing photo.",
    ),
    "required_missing": (
        "还有必填的内容没有填〔：{fields}〕。",
        "Required fields are missing〔: {fields}〕.",
    ),
    "record_unreadable": (
        "这条记录读不出来，其他记录不受影响，请联系管理员。",
        "This record cannot be read. Other records are not affected. Tell your administrator.",
    ),
    "sealing_unavailable": (
        "这里不能记录家访：页面不是通过 https 打开的，浏览器无法加密。请用 https 地址打开安澜。",
        "Home visits cannot be recorded here: the page was not opened over https, so the browser cannot "
        "encrypt. Open Anlan at its https address.",
    ),
    "pin_wrong": (
        "密码不对。",
        "The PIN is wrong.",
    ),
    "pin_wait": (
        "密码输错多次，请等一会儿〔（{seconds} 秒）〕再试。",
        "The PIN was wrong several times. Wait a while〔: {seconds} s〕, then try again.",
    ),
    "seal_key_missing": (
        "手机还没有收到家访的加密密钥，请联网同步一次，再保存。",
        "This phone has not received the key for home visits yet. Sync once, then save again.",
    ),
    "saves_damaged": (
        "手机的存储损坏，有些保存读不出来，其余都在。请核对最近的记录，并告诉管理员。",
        "The phone's storage is damaged and some saves cannot be read. All others are safe. "
        "Check your latest records and tell your administrator.",
    ),
}
"""Code → (zh, en), for every kind of `shared.problems`."""

_UNKNOWN = (
    "出了问题〔（{code}）〕，请联系管理员。",
    "Something went wrong〔 ({code})〕. Tell your administrator.",
)
_PLAIN = (
    "person",
    "lat",
    "lon",
    "due_date",
    "found_on",
    "year",
    "setting",
    "path",
    "format",
    "metres",
    "number",
    "seconds",
)
_LIMITS = {"limit": 1, "limit_mb": 2**20, "limit_wan": 10_000, "limit_million": 1_000_000}
_KEY_FILE: dict[str, tuple[str, str]] = {
    "missing": ("文件不在", "it is missing"),
    "readable_by_others": (
        "别的用户可以读它，请改成只有本用户可读（chmod 600）",
        "other users can read it; make it readable for its owner only (chmod 600)",
    ),
    "damaged": ("文件读不出来", "it cannot be read"),
    "wrong": ("不是本系统的，或缺密钥", "it is another system's, or lacks a key"),
    "unwritable": ("写不进去", "it cannot be written"),
}
_WORDS: dict[str, type[Term]] = {"step": EventType, "status": Status, "role": Role}


def sentence(code: str, details: Mapping[str, Any] | None = None, language: str = "zh") -> str:
    """The text for a problem in "zh" or "en". Never raises: missing or malformed details are left out."""
    zh, en = SENTENCES.get(code, _UNKNOWN)
    words = _as_words(details if isinstance(details, Mapping) else {}, language)
    return fill(zh if language == "zh" else en, {**words, "code": code})


def _as_words(details: Mapping[str, Any], language: str) -> dict[str, str]:
    """The readable details: steps, statuses, roles, limits, field labels and a reason that a person gave."""
    words = {name: str(details[name]) for name in _PLAIN if details.get(name)}
    limit = details.get("limit")
    if isinstance(limit, int):
        words |= {name: str(limit // unit) for name, unit in _LIMITS.items()}
    if isinstance(details.get("reason"), str) and details["reason"]:
        words["reason"] = details["reason"]
    why = details.get("why")
    if isinstance(why, str) and why in _KEY_FILE:
        words["key_file_is"] = _KEY_FILE[why][language != "zh"]
    for name, terms in _WORDS.items():
        term = next((term for term in terms if term.value == details.get(name)), None)
        if term is not None:
            words[name] = term.zh if language == "zh" else term.en
    fields = list(dict.fromkeys(filter(None, (field_label(path, language) for path in _paths(details)))))
    if fields:
        words["fields"] = ("、" if language == "zh" else ", ").join(fields)
    return words


def _paths(details: Mapping[str, Any]) -> list[str]:
    """The fields that a problem refers to: `errors: [{path, reason}]`, `fields: [name]`, or `field: name`."""
    errors, fields = details.get("errors"), details.get("fields")
    found: list[Any] = [details.get("field")]
    if isinstance(errors, list | tuple):
        found += [error.get("path") for error in errors if isinstance(error, Mapping)]
    if isinstance(fields, list | tuple):
        found += fields
    return [path for path in found if isinstance(path, str)]
