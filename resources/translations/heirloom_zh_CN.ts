<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>AboutDialog</name>
    <message>
        <source>About Heirloom</source>
        <translation>关于 Heirloom</translation>
    </message>
    <message>
        <source>Version {version}</source>
        <translation>版本 {version}</translation>
    </message>
    <message>
        <source>About</source>
        <translation>关于</translation>
    </message>
    <message>
        <source>Licences</source>
        <translation>许可证</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Heirloom restores the faces in old and damaged photographs, as far as you decide.</source>
        <translation>Heirloom 修复老旧和受损照片中的人脸，修复到什么程度由您决定。</translation>
    </message>
    <message>
        <source>Everything happens on this computer. Originals are never changed.</source>
        <translation>一切都在这台电脑上完成，原件绝不会被改动。</translation>
    </message>
    <message>
        <source>Restoration invents detail that fits; it is no evidence of what somebody looked like.</source>
        <translation>修复会补上合适的细节，不能证明某人当时的真实样貌。</translation>
    </message>
    <message>
        <source>Part</source>
        <translation>组件</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>许可证</translation>
    </message>
    <message>
        <source>Heirloom is free software under the Apache License 2.0. It stands on:</source>
        <translation>Heirloom 是采用 Apache 许可证 2.0 的自由软件，它基于：</translation>
    </message>
    <message>
        <source>The model is not loaded yet.</source>
        <translation>模型尚未加载。</translation>
    </message>
    <message>
        <source>{model}, licence of the weights: {licence}</source>
        <translation>{model}，权重许可证：{licence}</translation>
    </message>
    <message>
        <source>This model comes without a model card.</source>
        <translation>此模型没有附带说明。</translation>
    </message>
</context>
<context>
    <name>Actions</name>
    <message>
        <source>Open &amp;recent</source>
        <translation>最近打开(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation>外观(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Language</source>
        <translation>语言(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Open…</source>
        <translation>打开(&amp;O)…</translation>
    </message>
    <message>
        <source>&amp;Paste a photo</source>
        <translation>粘贴照片(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Restore an album…</source>
        <translation>修复相册(&amp;R)…</translation>
    </message>
    <message>
        <source>&amp;Album</source>
        <translation>相册(&amp;A)</translation>
    </message>
    <message>
        <source>Pre&amp;vious photo</source>
        <translation>上一张照片(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Next photo</source>
        <translation>下一张照片(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Save a copy…</source>
        <translation>保存副本(&amp;S)…</translation>
    </message>
    <message>
        <source>&amp;Copy the restored photo</source>
        <translation>复制修复后的照片(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>退出(&amp;Q)</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>撤销(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>重做(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Automatic level</source>
        <translation>自动程度(&amp;A)</translation>
    </message>
    <message>
        <source>Level &amp;0, the photo as it is</source>
        <translation>程度 0，照片原样(&amp;0)</translation>
    </message>
    <message>
        <source>All faces &amp;together</source>
        <translation>所有人脸一起调(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Divider</source>
        <translation>分割线(&amp;D)</translation>
    </message>
    <message>
        <source>&amp;Side by side</source>
        <translation>并排(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Restored</source>
        <translation>修复后(&amp;R)</translation>
    </message>
    <message>
        <source>Divider to the left</source>
        <translation>分割线左移</translation>
    </message>
    <message>
        <source>Divider to the right</source>
        <translation>分割线右移</translation>
    </message>
    <message>
        <source>&amp;Fit</source>
        <translation>适应窗口(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;100 %</source>
        <translation>&amp;100 %</translation>
    </message>
    <message>
        <source>Zoom &amp;in</source>
        <translation>放大(&amp;I)</translation>
    </message>
    <message>
        <source>Zoom &amp;out</source>
        <translation>缩小(&amp;O)</translation>
    </message>
    <message>
        <source>&amp;Outline faces</source>
        <translation>框出人脸(&amp;O)</translation>
    </message>
    <message>
        <source>Turn to the l&amp;eft</source>
        <translation>向左旋转(&amp;E)</translation>
    </message>
    <message>
        <source>Turn to the ri&amp;ght</source>
        <translation>向右旋转(&amp;G)</translation>
    </message>
    <message>
        <source>F&amp;ull screen</source>
        <translation>全屏(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;Next face</source>
        <translation>下一张人脸(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Previous face</source>
        <translation>上一张人脸(&amp;P)</translation>
    </message>
    <message>
        <source>Restore this face, or &amp;leave it</source>
        <translation>修复或保留此人脸(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Add a face</source>
        <translation>添加人脸(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Compare levels…</source>
        <translation>比较不同程度(&amp;C)…</translation>
    </message>
    <message>
        <source>&amp;Keyboard shortcuts</source>
        <translation>键盘快捷键(&amp;K)</translation>
    </message>
    <message>
        <source>&amp;Device and model</source>
        <translation>设备与模型(&amp;D)</translation>
    </message>
    <message>
        <source>&amp;About Heirloom</source>
        <translation>关于 Heirloom(&amp;A)</translation>
    </message>
    <message>
        <source>Like the &amp;system</source>
        <translation>跟随系统(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Light</source>
        <translation>浅色(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Dark</source>
        <translation>深色(&amp;D)</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>文件(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>编辑(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>视图(&amp;V)</translation>
    </message>
    <message>
        <source>F&amp;aces</source>
        <translation>人脸(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>帮助(&amp;H)</translation>
    </message>
    <message>
        <source>Si&amp;ze of the photo</source>
        <translation>照片尺寸(&amp;Z)</translation>
    </message>
</context>
<context>
    <name>AlbumDesk</name>
    <message>
        <source>{share}, paused</source>
        <translation>{share}，已暂停</translation>
    </message>
    <message>
        <source>{share}, {time} to go</source>
        <translation>{share}，剩余{time}</translation>
    </message>
    <message>
        <source>An album was left unfinished: {ended} of {total} photos of {name} are done.</source>
        <translation>有一个相册尚未完成：{name} 的 {total} 张照片中已处理 {ended} 张。</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Stop restoring the album?</source>
        <translation>要停止修复相册吗？</translation>
    </message>
    <message>
        <source>{ended} of {total} photos are done and stay. You can go on with the others later.</source>
        <translation>{total} 张照片中已处理的 {ended} 张会保留，其余的以后可以继续。</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Keep restoring</source>
        <translation>继续修复</translation>
    </message>
    <message>
        <source>The album is finished: {done} photos restored, {failed} failed.</source>
        <translation>相册已完成：修复了 {done} 张照片，{failed} 张失败。</translation>
    </message>
    <message>
        <source>The report is {name}.</source>
        <translation>报告文件是 {name}。</translation>
    </message>
    <message>
        <source>Something unexpected happened; your photos are as they were.</source>
        <translation>发生了意外情况；您的照片没有改变。</translation>
    </message>
</context>
<context>
    <name>AlbumDetails</name>
    <message>
        <source>Before</source>
        <translation>修复前</translation>
    </message>
    <message>
        <source>After</source>
        <translation>修复后</translation>
    </message>
    <message>
        <source>As in the album</source>
        <translation>与相册一致</translation>
    </message>
    <message>
        <source>Restore it at the album&apos;s level again</source>
        <translation>重新按相册的强度修复</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Choose a photo to see its face and to change its level.</source>
        <translation>选择一张照片，即可查看其中的人脸并更改强度。</translation>
    </message>
    <message>
        <source>Level of this photo</source>
        <translation>此照片的强度</translation>
    </message>
    <message>
        <source>{number} photos</source>
        <translation>{number} 张照片</translation>
    </message>
    <message>
        <source>Level of these photos</source>
        <translation>这些照片的强度</translation>
    </message>
</context>
<context>
    <name>AlbumDialog</name>
    <message>
        <source>Restore an album</source>
        <translation>修复相册</translation>
    </message>
    <message>
        <source>Turn photos so that faces stand upright</source>
        <translation>旋转照片，使人脸正立</translation>
    </message>
    <message>
        <source>Replace files that are there already</source>
        <translation>替换已有的文件</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Automatic, adjusted by</source>
        <translation>自动，并调整</translation>
    </message>
    <message>
        <source>The same for every face</source>
        <translation>每张人脸相同</translation>
    </message>
    <message>
        <source>Like each photo</source>
        <translation>与各照片相同</translation>
    </message>
    <message>
        <source>like the photo</source>
        <translation>与照片相同</translation>
    </message>
    <message>
        <source>Leave out</source>
        <translation>略过</translation>
    </message>
    <message>
        <source>Copy as they are</source>
        <translation>原样复制</translation>
    </message>
    <message>
        <source>Folder with photos</source>
        <translation>照片文件夹</translation>
    </message>
    <message>
        <source>Folder for the results</source>
        <translation>结果文件夹</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>强度</translation>
    </message>
    <message>
        <source>Level as a number</source>
        <translation>强度数值</translation>
    </message>
    <message>
        <source>Format of the results</source>
        <translation>结果的格式</translation>
    </message>
    <message>
        <source>Quality</source>
        <translation>质量</translation>
    </message>
    <message>
        <source>Photos without faces</source>
        <translation>没有人脸的照片</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>Photos from</source>
        <translation>照片来自</translation>
    </message>
    <message>
        <source>Results into</source>
        <translation>结果存入</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>格式</translation>
    </message>
    <message>
        <source>There are no photos in this folder.</source>
        <translation>此文件夹中没有照片。</translation>
    </message>
    <message>
        <source>Heirloom opens JPEG, PNG, WebP, TIFF, HEIC, AVIF, JPEG 2000 and BMP.</source>
        <translation>Heirloom 可打开 JPEG、PNG、WebP、TIFF、HEIC、AVIF、JPEG 2000 和 BMP。</translation>
    </message>
    <message>
        <source>{photos} photos, about {faces} faces to restore</source>
        <translation>{photos} 张照片，约有 {faces} 张人脸需要修复</translation>
    </message>
    <message>
        <source>It takes {time} and about {space}.</source>
        <translation>需要{time}，约占 {space}。</translation>
    </message>
    <message>
        <source>Only {space} are free there.</source>
        <translation>那里只剩 {space} 可用空间。</translation>
    </message>
    <message>
        <source>{space} are free there.</source>
        <translation>那里有 {space} 可用空间。</translation>
    </message>
    <message>
        <source>{number} are done already.</source>
        <translation>其中 {number} 张已处理完。</translation>
    </message>
    <message>
        <source>{number} of {tried} that were tried can&apos;t be restored.</source>
        <translation>试处理的 {tried} 张中有 {number} 张无法修复。</translation>
    </message>
    <message>
        <source>Folder for results</source>
        <translation>结果文件夹</translation>
    </message>
    <message>
        <source>Looking at the photos…</source>
        <translation>正在查看照片…</translation>
    </message>
    <message>
        <source>You can start at once, or wait and see what it takes.</source>
        <translation>可以立即开始，也可以先等等看需要多久。</translation>
    </message>
    <message>
        <source>Choose the folder with the photos.</source>
        <translation>请选择照片所在的文件夹。</translation>
    </message>
    <message>
        <source>Folders in it are taken too. The originals stay as they are.</source>
        <translation>其中的子文件夹也会包括在内。原件保持不变。</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>尺寸</translation>
    </message>
    <message>
        <source>Size of the results</source>
        <translation>结果的尺寸</translation>
    </message>
</context>
<context>
    <name>AlbumModel</name>
    <message>
        <source>Face {number}: {sentence}</source>
        <translation>人脸 {number}：{sentence}</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>being restored</source>
        <translation>正在修复</translation>
    </message>
    <message>
        <source>restored</source>
        <translation>已修复</translation>
    </message>
    <message>
        <source>no face to restore</source>
        <translation>没有可修复的人脸</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>Photo</source>
        <translation>照片</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>强度</translation>
    </message>
    <message>
        <source>Remark</source>
        <translation>备注</translation>
    </message>
</context>
<context>
    <name>AlbumPage</name>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Photos that are done stay; you can go on at any time</source>
        <translation>已完成的照片会保留；随时可以继续</translation>
    </message>
    <message>
        <source>Retry failed</source>
        <translation>重试失败的照片</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>报告</translation>
    </message>
    <message>
        <source>Write a page with pairs before and after, and show it</source>
        <translation>生成并打开包含前后对比的页面</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Close this album; it can be opened again</source>
        <translation>关闭此相册；以后可以再次打开</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Search for a photo&apos;s name</source>
        <translation>按照片名称搜索</translation>
    </message>
    <message>
        <source>Photos of the album</source>
        <translation>相册中的照片</translation>
    </message>
    <message>
        <source>Progress of the album</source>
        <translation>相册进度</translation>
    </message>
    <message>
        <source>Open in the viewer</source>
        <translation>在查看器中打开</translation>
    </message>
    <message>
        <source>Level as in the album</source>
        <translation>强度与相册一致</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Results in {output}</source>
        <translation>结果在 {output}</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Restored</source>
        <translation>已修复</translation>
    </message>
    <message>
        <source>Unsure</source>
        <translation>不确定</translation>
    </message>
    <message>
        <source>No face</source>
        <translation>无人脸</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>Looking for photos…</source>
        <translation>正在查找照片…</translation>
    </message>
    <message>
        <source>{ended} of {total} photos</source>
        <translation>{ended} / {total} 张照片</translation>
    </message>
    <message>
        <source>{number} failed</source>
        <translation>{number} 张失败</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>stopping…</source>
        <translation>正在停止…</translation>
    </message>
    <message>
        <source>{time} to go</source>
        <translation>剩余{time}</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>finished</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>writing the report…</source>
        <translation>正在写报告…</translation>
    </message>
    <message>
        <source>No photo here</source>
        <translation>这里没有照片</translation>
    </message>
</context>
<context>
    <name>Application</name>
    <message>
        <source>Heirloom is running already, but its window does not answer; close it first.</source>
        <translation>Heirloom 已在运行，但其窗口没有响应；请先将其关闭。</translation>
    </message>
    <message>
        <source>Something unexpected happened; your photos are as they were.</source>
        <translation>发生了意外情况，您的照片没有任何改变。</translation>
    </message>
    <message>
        <source>Your home folder can&apos;t be written to: settings and levels will not be remembered.</source>
        <translation>无法写入您的个人文件夹：设置和强度不会被记住。</translation>
    </message>
</context>
<context>
    <name>Banner</name>
    <message>
        <source>Details</source>
        <translation>详细信息</translation>
    </message>
    <message>
        <source>Close this message</source>
        <translation>关闭此消息</translation>
    </message>
</context>
<context>
    <name>ContactSheet</name>
    <message>
        <source>Compare levels of face {number}</source>
        <translation>比较人脸 {number} 的不同程度</translation>
    </message>
    <message>
        <source>Click a picture to take its level.</source>
        <translation>点击图片即采用其程度。</translation>
    </message>
    <message>
        <source>Save this sheet…</source>
        <translation>保存此对比图…</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Automatic · {level}</source>
        <translation>自动 · {level}</translation>
    </message>
    <message>
        <source>0 · as it is</source>
        <translation>0 · 原样</translation>
    </message>
    <message>
        <source>Save the contact sheet</source>
        <translation>保存对比图</translation>
    </message>
</context>
<context>
    <name>Dial</name>
    <message>
        <source>Restoration level</source>
        <translation>修复程度</translation>
    </message>
    <message>
        <source>Restoration level as a number</source>
        <translation>修复程度数值</translation>
    </message>
    <message>
        <source>0 is the photo as it is. Double click for the automatic level.</source>
        <translation>0 为照片原样，双击恢复自动程度。</translation>
    </message>
    <message>
        <source>Drag around the dial, or use wheel, arrow keys or digits; double click for automatic</source>
        <translation>绕旋钮拖动，或使用滚轮、方向键、数字；双击恢复自动</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>as it is</source>
        <translation>原样</translation>
    </message>
    <message>
        <source>level</source>
        <translation>程度</translation>
    </message>
</context>
<context>
    <name>Document</name>
    <message>
        <source>adding a face</source>
        <translation>添加人脸</translation>
    </message>
    <message>
        <source>turning the dial</source>
        <translation>转动旋钮</translation>
    </message>
    <message>
        <source>automatic level</source>
        <translation>自动程度</translation>
    </message>
    <message>
        <source>restoring a face</source>
        <translation>修复人脸</translation>
    </message>
    <message>
        <source>leaving a face alone</source>
        <translation>保留人脸原样</translation>
    </message>
</context>
<context>
    <name>EmptyPage</name>
    <message>
        <source>Open an old photo</source>
        <translation>打开一张老照片</translation>
    </message>
    <message>
        <source>or drop it here, or paste it</source>
        <translation>或拖到这里，或粘贴</translation>
    </message>
    <message>
        <source>Open…</source>
        <translation>打开…</translation>
    </message>
    <message>
        <source>Restore a whole folder…</source>
        <translation>修复整个文件夹…</translation>
    </message>
    <message>
        <source>Recent</source>
        <translation>最近</translation>
    </message>
    <message>
        <source>Nothing leaves this computer. Your originals are never changed.</source>
        <translation>任何内容都不会离开这台电脑，您的原件绝不会被改动。</translation>
    </message>
</context>
<context>
    <name>Engine</name>
    <message>
        <source>This face is too small to restore without inventing it, so it is left as it is.</source>
        <translation>这张人脸太小，修复等于凭空捏造，因此保留原样。</translation>
    </message>
    <message>
        <source>This face is turned away, so it is left as it is.</source>
        <translation>这张人脸转向一侧，因此保留原样。</translation>
    </message>
    <message>
        <source>Eyes and mouth can&apos;t be told for certain here, so this is left as it is.</source>
        <translation>这里无法确定眼睛和嘴的位置，因此保留原样。</translation>
    </message>
    <message>
        <source>Too little of this face is left to know the person, so unless you give it a level, it is left as it is.</source>
        <translation>这张人脸残留的信息太少，无法辨认其人；除非您为它设定程度，否则保留原样。</translation>
    </message>
    <message>
        <source>{file} does not exist; check the name and the folder.</source>
        <translation>{file} 不存在，请检查名称和文件夹。</translation>
    </message>
    <message>
        <source>{file} is a folder; name the photos in it.</source>
        <translation>{file} 是文件夹，请指定其中的照片。</translation>
    </message>
    <message>
        <source>{file} is a device or pipe, not a photo.</source>
        <translation>{file} 是设备或管道，不是照片。</translation>
    </message>
    <message>
        <source>{file} may not be read; ask for permission to read it.</source>
        <translation>没有读取 {file} 的权限，请先获取权限。</translation>
    </message>
    <message>
        <source>{file} can&apos;t be read: {cause}.</source>
        <translation>无法读取 {file}：{cause}。</translation>
    </message>
    <message>
        <source>{file} is empty; try another copy of it.</source>
        <translation>{file} 是空文件，请试试另一份副本。</translation>
    </message>
    <message>
        <source>{file} is too large: Heirloom opens files of up to 4 GB.</source>
        <translation>{file} 太大：Heirloom 最多打开 4 GB 的文件。</translation>
    </message>
    <message>
        <source>{file} is too large with {width} x {height} pixels: Heirloom opens up to {most} megapixels; save a smaller copy.</source>
        <translation>{file} 有 {width} x {height} 像素，太大了：Heirloom 最多打开 {most} 百万像素，请另存为较小的副本。</translation>
    </message>
    <message>
        <source>{file} is {kind}; Heirloom opens JPEG, PNG, WebP, TIFF, HEIC, AVIF, JPEG 2000 and BMP.</source>
        <translation>无法打开 {file}（{kind}）；Heirloom 支持 JPEG、PNG、WebP、TIFF、HEIC、AVIF、JPEG 2000 和 BMP。</translation>
    </message>
    <message>
        <source>{file} is damaged: the file ends before the picture does; try another copy of it.</source>
        <translation>{file} 已损坏：文件在图像结束前就中断了，请试试另一份副本。</translation>
    </message>
    <message>
        <source>{file} is damaged: its picture has no pixels; try another copy of it.</source>
        <translation>{file} 已损坏：图像没有像素，请试试另一份副本。</translation>
    </message>
    <message>
        <source>{file} is damaged: it does not begin with a PNG header; try another copy of it.</source>
        <translation>{file} 已损坏：缺少 PNG 文件头，请试试另一份副本。</translation>
    </message>
    <message>
        <source>{file} is damaged and can&apos;t be decoded; try another copy of it.</source>
        <translation>{file} 已损坏，无法解码，请试试另一份副本。</translation>
    </message>
    <message>
        <source>{file} has several frames or pages and is left alone; save the one you want as a file of its own.</source>
        <translation>{file} 含有多帧或多页，未作处理；请把需要的那一张另存为单独的文件。</translation>
    </message>
    <message>
        <source>{file} is stored in a way that Heirloom does not know; save it as plain TIFF or PNG.</source>
        <translation>{file} 的存储方式 Heirloom 无法识别；请另存为普通 TIFF 或 PNG。</translation>
    </message>
    <message>
        <source>{file} holds floating-point or 32-bit pixels; save it with 8 or 16 bits for each colour.</source>
        <translation>{file} 含有浮点或 32 位像素；请以每种颜色 8 位或 16 位保存。</translation>
    </message>
    <message>
        <source>{file} is a camera raw file or a preview; develop it and save the photo as TIFF, PNG or JPEG.</source>
        <translation>{file} 是相机原始文件或预览图；请先冲洗，再将照片存为 TIFF、PNG 或 JPEG。</translation>
    </message>
    <message>
        <source>{file} would lose the photo&apos;s transparency as a JPEG; choose PNG, WebP or TIFF.</source>
        <translation>{file} 存为 JPEG 会丢失照片的透明度；请选择 PNG、WebP 或 TIFF。</translation>
    </message>
    <message>
        <source>{file} needs more memory than is free; close other programs.</source>
        <translation>{file} 所需内存超过可用内存，请关闭其他程序。</translation>
    </message>
    <message>
        <source>{file} can&apos;t be encoded as {format}; choose another format.</source>
        <translation>{file} 无法保存为 {format}，请选择其他格式。</translation>
    </message>
    <message>
        <source>{file} is the original photo, which Heirloom never writes to; choose another name.</source>
        <translation>{file} 是原件，Heirloom 绝不改写原件，请换一个名称。</translation>
    </message>
    <message>
        <source>{file} is a folder; name a file in it.</source>
        <translation>{file} 是文件夹，请指定其中的文件。</translation>
    </message>
    <message>
        <source>{file} exists already; choose another name, or allow it to be replaced.</source>
        <translation>{file} 已存在，请换一个名称，或允许替换。</translation>
    </message>
    <message>
        <source>{file} was not written: the disk is full; make room or choose another folder.</source>
        <translation>{file} 未写入：磁盘已满，请腾出空间或选择其他文件夹。</translation>
    </message>
    <message>
        <source>{file} was not written: your disk quota is used up; make room or choose another folder.</source>
        <translation>{file} 未写入：磁盘配额已用完，请腾出空间或选择其他文件夹。</translation>
    </message>
    <message>
        <source>{file} was not written: the folder may not be written to; choose another one.</source>
        <translation>{file} 未写入：该文件夹不可写，请选择其他文件夹。</translation>
    </message>
    <message>
        <source>{file} was not written: the disk is read-only; choose another folder.</source>
        <translation>{file} 未写入：磁盘为只读，请选择其他文件夹。</translation>
    </message>
    <message>
        <source>{file} was not written: a part of its path is a file, not a folder; choose another folder.</source>
        <translation>{file} 未写入：路径中有一部分是文件而不是文件夹，请选择其他文件夹。</translation>
    </message>
    <message>
        <source>{file} was not written: its name is too long; choose a shorter one.</source>
        <translation>{file} 未写入：名称太长，请缩短。</translation>
    </message>
    <message>
        <source>{file} was not written: {cause}.</source>
        <translation>{file} 未写入：{cause}。</translation>
    </message>
    <message>
        <source>There is no photo in {file}.</source>
        <translation>{file} 中没有照片。</translation>
    </message>
    <message>
        <source>There is no picture on the clipboard.</source>
        <translation>剪贴板中没有图片。</translation>
    </message>
    <message>
        <source>This photo is not open any more; open it again.</source>
        <translation>这张照片已不再打开，请重新打开。</translation>
    </message>
    <message>
        <source>No face with eyes and mouth can be found in this frame; draw it from forehead to chin.</source>
        <translation>此框内找不到带眼睛和嘴的人脸，请从额头框到下巴。</translation>
    </message>
    <message>
        <source>This is face {number} already; turn its level.</source>
        <translation>这已经是面孔 {number}；请调整其修复程度。</translation>
    </message>
    <message>
        <source>No model is installed; install Heirloom again.</source>
        <translation>未安装模型，请重新安装 Heirloom。</translation>
    </message>
    <message>
        <source>There is no model {name}; installed are: {known}.</source>
        <translation>没有模型 {name}，已安装：{known}。</translation>
    </message>
    <message>
        <source>The model file {file} is missing; install the model {name} again.</source>
        <translation>缺少模型文件 {file}，请重新安装模型 {name}。</translation>
    </message>
    <message>
        <source>The model file {file} is damaged ({how}); install the model {name} again.</source>
        <translation>模型文件 {file} 已损坏（{how}），请重新安装模型 {name}。</translation>
    </message>
    <message>
        <source>The model is damaged or needs a newer Heirloom ({cause}); install it again.</source>
        <translation>模型已损坏或需要更新版本的 Heirloom（{cause}），请重新安装。</translation>
    </message>
    <message>
        <source>The memory of {device} does not suffice; {remedy}.</source>
        <translation>{device} 的内存不足：{remedy}。</translation>
    </message>
    <message>
        <source>The computation on {device} failed ({cause}); {remedy}.</source>
        <translation>在 {device} 上的计算失败（{cause}）：{remedy}。</translation>
    </message>
    <message>
        <source>Running on the CPU because {cause}.</source>
        <translation>正在使用 CPU，原因：{cause}。</translation>
    </message>
    <message>
        <source>There are no photos in {file}; Heirloom opens JPEG, PNG, WebP, TIFF, HEIC, AVIF, JPEG 2000 and BMP.</source>
        <translation>{file} 中没有照片；Heirloom 可打开 JPEG、PNG、WebP、TIFF、HEIC、AVIF、JPEG 2000 和 BMP。</translation>
    </message>
    <message>
        <source>There is no photo or folder {file}; check the name.</source>
        <translation>没有名为 {file} 的照片或文件夹；请检查名称。</translation>
    </message>
    <message>
        <source>There is no album job in {file}.</source>
        <translation>{file} 中没有相册任务。</translation>
    </message>
    <message>
        <source>{file} can&apos;t be looked into ({cause}); its photos are left out.</source>
        <translation>无法查看 {file}（{cause}）；其中的照片将被略过。</translation>
    </message>
    <message>
        <source>{file} changed while it was read; retry it when it is complete.</source>
        <translation>读取 {file} 时它发生了变化；请待其完整后重试。</translation>
    </message>
    <message>
        <source>{file} needs more memory than is free; close other programs and retry it.</source>
        <translation>{file} 需要的内存超过可用内存；请关闭其他程序后重试。</translation>
    </message>
    <message>
        <source>{file} could not be restored because of a mistake in Heirloom ({cause}); please report it.</source>
        <translation>由于 Heirloom 的错误（{cause}），{file} 无法修复；请报告此问题。</translation>
    </message>
    <message>
        <source>{file} is an original photo, which Heirloom never writes to; choose another folder.</source>
        <translation>{file} 是原件，Heirloom 绝不写入原件；请选择其他文件夹。</translation>
    </message>
    <message>
        <source>{file} exists already; move it away, or allow it to be replaced.</source>
        <translation>{file} 已存在；请将其移走，或允许替换。</translation>
    </message>
    <message>
        <source>{file} can&apos;t be written to ({cause}); choose another output folder.</source>
        <translation>无法写入 {file}（{cause}）；请选择其他结果文件夹。</translation>
    </message>
    <message>
        <source>Another album job is running in {file}; wait for it or choose another output folder.</source>
        <translation>{file} 中正在修复另一个相册；请等待，或选择其他结果文件夹。</translation>
    </message>
    <message>
        <source>The album&apos;s journal {file} can&apos;t be used ({cause}); make room, or make the folder writable, and resume.</source>
        <translation>无法使用相册日志 {file}（{cause}）；请腾出空间或使文件夹可写，然后继续。</translation>
    </message>
    <message>
        <source>{file} can&apos;t be looked into: {cause}.</source>
        <translation>无法查看 {file}：{cause}。</translation>
    </message>
    <message>
        <source>{file} can&apos;t be read ({cause}); check the name, and whether you may open its folder.</source>
        <translation>无法读取 {file}（{cause}）；请检查名称，以及您是否有权打开其文件夹。</translation>
    </message>
    <message>
        <source>{file} can&apos;t be found; the album goes on without it.</source>
        <translation>找不到 {file}；相册将跳过它继续。</translation>
    </message>
    <message>
        <source>The photos in {file} are left out: the results go there.</source>
        <translation>{file} 中的照片已略过：结果将存放在那里。</translation>
    </message>
    <message>
        <source>1 photo in {file} is called like the result of another one beside it and is left out; name it to take it.</source>
        <translation>{file} 中有 1 张照片的名称与旁边另一张照片的修复结果相同，已略过；如需处理，请单独指定。</translation>
    </message>
    <message>
        <source>{n} photos in {file} are called like results of others beside them and are left out; name them to take them.</source>
        <translation>{file} 中有 {n} 张照片的名称与旁边照片的修复结果相同，已略过；如需处理，请单独指定。</translation>
    </message>
    <message>
        <source>{file} or the album&apos;s journal in it was moved or deleted while photos were restored; put it back and resume, or begin again.</source>
        <translation>修复照片期间，{file} 或其中的相册日志被移动或删除；请放回原处后继续，或重新开始。</translation>
    </message>
    <message>
        <source>The album&apos;s journal {file} is damaged ({cause}); remove the folder {folder}, and begin the album anew with leave to replace the results.</source>
        <translation>相册日志 {file} 已损坏（{cause}）；请删除文件夹 {folder}，并在允许替换结果的情况下重新开始相册。</translation>
    </message>
    <message>
        <source>The album&apos;s journal {file} was written by a newer Heirloom; install that one, or choose another output folder.</source>
        <translation>相册日志 {file} 由较新版本的 Heirloom 写入；请安装该版本，或选择其他结果文件夹。</translation>
    </message>
    <message>
        <source>This photo is being restored right now; choose its level when it is done.</source>
        <translation>这张照片正在修复；请等它完成后再选择强度。</translation>
    </message>
    <message>
        <source>This album is not open any more; open it again.</source>
        <translation>此相册已不再打开；请重新打开。</translation>
    </message>
    <message>
        <source>The folder for the results holds an album with other settings: choose another folder, or allow that files are replaced.</source>
        <translation>结果文件夹中已有一个设置不同的相册：请选择其他文件夹，或允许替换文件。</translation>
    </message>
    <message>
        <source>The settings are others than before, so all photos are restored again.</source>
        <translation>设置与之前不同，因此所有照片将重新修复。</translation>
    </message>
    <message>
        <source>This picture would be too large with {width} x {height} pixels: Heirloom makes up to {most} megapixels; enlarge it less.</source>
        <translation>此图片放大后有 {width} x {height} 像素，过大：Heirloom 最多生成 {most} 百万像素；请选择较小的放大倍数。</translation>
    </message>
    <message>
        <source>{file} would be too large with {width} x {height} pixels: Heirloom makes up to {most} megapixels; enlarge it less.</source>
        <translation>{file} 放大后有 {width} x {height} 像素，过大：Heirloom 最多生成 {most} 百万像素；请选择较小的放大倍数。</translation>
    </message>
</context>
<context>
    <name>FaceCard</name>
    <message>
        <source>Face {number}</source>
        <translation>人脸 {number}</translation>
    </message>
    <message>
        <source>left as it is</source>
        <translation>保留原样</translation>
    </message>
    <message>
        <source>dots removed</source>
        <translation>网点已去除</translation>
    </message>
    <message>
        <source>This face was printed with a screen, whose dots are taken away.</source>
        <translation>这张人脸是网点印刷的，网点会被去除。</translation>
    </message>
    <message>
        <source>{level} · automatic</source>
        <translation>{level} · 自动</translation>
    </message>
    <message>
        <source>not read yet</source>
        <translation>尚未读取</translation>
    </message>
    <message>
        <source>level {level}</source>
        <translation>程度 {level}</translation>
    </message>
    <message>
        <source>a guess</source>
        <translation>推测</translation>
    </message>
    <message>
        <source>Too little of this face is left to know the person: what is drawn fits, no more.</source>
        <translation>这张人脸残留的信息太少，无法辨认其人：画出的只是与之相符的样子。</translation>
    </message>
    <message>
        <source>Restore this face</source>
        <translation>修复此人脸</translation>
    </message>
    <message>
        <source>Restore face {number}</source>
        <translation>修复人脸 {number}</translation>
    </message>
</context>
<context>
    <name>FaceStrip</name>
    <message>
        <source>Faces</source>
        <translation>人脸</translation>
    </message>
</context>
<context>
    <name>Header</name>
    <message>
        <source>Save a copy</source>
        <translation>保存副本</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>{place} of {count}</source>
        <translation>{place} / {count}</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Photos</source>
        <translation>照片</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>所有文件</translation>
    </message>
    <message>
        <source>Open photos</source>
        <translation>打开照片</translation>
    </message>
    <message>
        <source>There is no photo on the clipboard.</source>
        <translation>剪贴板中没有照片。</translation>
    </message>
    <message>
        <source>What was dropped is no photo on this computer; save it first, then open it.</source>
        <translation>拖入的不是本机上的照片；请先保存，再打开。</translation>
    </message>
    <message>
        <source>This folder holds {count} photos.</source>
        <translation>此文件夹中有 {count} 张照片。</translation>
    </message>
    <message>
        <source>Restore them all…</source>
        <translation>全部修复…</translation>
    </message>
    <message>
        <source>Heirloom made this copy, at {levels}; it opens as it is.</source>
        <translation>此副本由 Heirloom 制作，程度 {levels}，按原样打开。</translation>
    </message>
    <message>
        <source>Open the original</source>
        <translation>打开原件</translation>
    </message>
    <message>
        <source>Draw a box around the face, from forehead to chin; Escape gives up.</source>
        <translation>请从额头到下巴框出人脸，按 Esc 取消。</translation>
    </message>
    <message>
        <source>The restored photo is on the clipboard.</source>
        <translation>修复后的照片已复制到剪贴板。</translation>
    </message>
    <message>
        <source>Something unexpected happened; your photos are as they were.</source>
        <translation>发生了意外情况，您的照片没有任何改变。</translation>
    </message>
    <message>
        <source>Nothing can be restored: the model can&apos;t be loaded.</source>
        <translation>无法修复任何照片：模型无法加载。</translation>
    </message>
    <message>
        <source>Photos can be opened and looked at all the same.</source>
        <translation>照片仍可打开和查看。</translation>
    </message>
    <message>
        <source>The model is not loaded yet.</source>
        <translation>模型尚未加载。</translation>
    </message>
    <message>
        <source>{model} runs on {device}.</source>
        <translation>{model} 正在 {device} 上运行。</translation>
    </message>
    <message>
        <source>Find a photo of the album</source>
        <translation>查找相册中的照片</translation>
    </message>
    <message>
        <source>Ctrl+F, in the album</source>
        <translation>Ctrl+F（在相册中）</translation>
    </message>
    <message>
        <source>See the original</source>
        <translation>查看原图</translation>
    </message>
    <message>
        <source>hold Space</source>
        <translation>按住空格</translation>
    </message>
    <message>
        <source>Zoom around the pointer</source>
        <translation>以指针为中心缩放</translation>
    </message>
    <message>
        <source>wheel, pinch</source>
        <translation>滚轮、双指</translation>
    </message>
    <message>
        <source>One level</source>
        <translation>调一级</translation>
    </message>
    <message>
        <source>arrow keys</source>
        <translation>方向键</translation>
    </message>
    <message>
        <source>Ten levels</source>
        <translation>调十级</translation>
    </message>
    <message>
        <source>page keys</source>
        <translation>翻页键</translation>
    </message>
    <message>
        <source>Lowest, highest</source>
        <translation>最低、最高</translation>
    </message>
    <message>
        <source>Home, End</source>
        <translation>Home、End</translation>
    </message>
    <message>
        <source>A typed level</source>
        <translation>输入数值</translation>
    </message>
    <message>
        <source>digits, Enter</source>
        <translation>数字、回车</translation>
    </message>
    <message>
        <source>Two levels</source>
        <translation>调两级</translation>
    </message>
    <message>
        <source>wheel</source>
        <translation>滚轮</translation>
    </message>
    <message>
        <source>Back to automatic</source>
        <translation>恢复自动</translation>
    </message>
    <message>
        <source>double click</source>
        <translation>双击</translation>
    </message>
    <message>
        <source>Dial</source>
        <translation>旋钮</translation>
    </message>
    <message>
        <source>Clear this list</source>
        <translation>清空此列表</translation>
    </message>
    <message>
        <source>Undo {what}</source>
        <translation>撤销：{what}</translation>
    </message>
    <message>
        <source>Redo {what}</source>
        <translation>重做：{what}</translation>
    </message>
</context>
<context>
    <name>SaveDialog</name>
    <message>
        <source>Save a copy</source>
        <translation>保存副本</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>{format} (like the photo)</source>
        <translation>{format}（与照片相同）</translation>
    </message>
    <message>
        <source>Like the photo</source>
        <translation>与照片相同</translation>
    </message>
    <message>
        <source>Quality</source>
        <translation>质量</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Added to the name</source>
        <translation>名称后缀</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>格式</translation>
    </message>
    <message>
        <source>Folder of the copy</source>
        <translation>副本所在文件夹</translation>
    </message>
    <message>
        <source>{name} exists already and will be replaced.</source>
        <translation>{name} 已存在，将被替换。</translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>替换</translation>
    </message>
    <message>
        <source>Becomes {name}; the original stays as it is.</source>
        <translation>将保存为 {name}，原件保持不变。</translation>
    </message>
    <message>
        <source>Date, place, colour profile and resolution stay. The copy says in its metadata that AI edited it, with which model and at which level.</source>
        <translation>日期、地点、色彩配置和分辨率保持不变。副本会在元数据中注明经过 AI 编辑、所用模型和程度。</translation>
    </message>
    <message>
        <source>This format holds 8 bits; the photo has 16, which TIFF and PNG keep.</source>
        <translation>此格式只有 8 位；照片为 16 位，TIFF 和 PNG 可以保留。</translation>
    </message>
    <message>
        <source>Choose a folder for the copy.</source>
        <translation>请选择副本所在的文件夹。</translation>
    </message>
    <message>
        <source>A name can&apos;t hold / or \.</source>
        <translation>名称中不能含有 / 或 \。</translation>
    </message>
    <message>
        <source>{name} is the original, which stays as it is; add something to its name.</source>
        <translation>{name} 是原件，不会被改动；请在名称后添加一些内容。</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>尺寸</translation>
    </message>
    <message>
        <source>Around the faces nothing is invented: there the copy is larger, not sharper. It prints as large as the photo, and says in its metadata that AI edited it, with which model and at which level. Date, place and colour profile stay.</source>
        <translation>人脸以外不会凭空添加内容：那里只是变大，不会变清晰。副本的打印尺寸与照片相同，其元数据会注明经过 AI 编辑、所用模型和程度。日期、地点和色彩配置保持不变。</translation>
    </message>
    <message>
        <source>There are small faces: a larger copy shows more of what they gained.</source>
        <translation>照片中有较小的人脸：放大的副本能显示更多修复出的细节。</translation>
    </message>
</context>
<context>
    <name>SavingDesk</name>
    <message>
        <source>photo</source>
        <translation>photo</translation>
    </message>
    <message>
        <source>One moment: the copy is being saved.</source>
        <translation>请稍候：正在保存副本。</translation>
    </message>
    <message>
        <source>this photo</source>
        <translation>这张照片</translation>
    </message>
    <message>
        <source>Save a copy of {name} before you leave it?</source>
        <translation>离开前要保存 {name} 的副本吗？</translation>
    </message>
    <message>
        <source>You changed its levels. The original stays as it is in any case.</source>
        <translation>您更改了修复程度，原件无论如何都不会改变。</translation>
    </message>
    <message>
        <source>Save a copy…</source>
        <translation>保存副本…</translation>
    </message>
    <message>
        <source>Don&apos;t save</source>
        <translation>不保存</translation>
    </message>
    <message>
        <source>Saved as {name}.</source>
        <translation>已保存为 {name}。</translation>
    </message>
</context>
<context>
    <name>ShortcutsDialog</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>键盘快捷键</translation>
    </message>
</context>
<context>
    <name>SidePanel</name>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>The level that this face seems to need</source>
        <translation>此人脸大致需要的程度</translation>
    </message>
    <message>
        <source>Compare…</source>
        <translation>比较…</translation>
    </message>
    <message>
        <source>Look at this face at several levels</source>
        <translation>查看此人脸在不同程度下的样子</translation>
    </message>
    <message>
        <source>All together</source>
        <translation>一起调</translation>
    </message>
    <message>
        <source>The dial turns all faces at once</source>
        <translation>旋钮同时调节所有人脸</translation>
    </message>
    <message>
        <source>Add a face that was missed: draw a box around it</source>
        <translation>添加漏掉的人脸：用方框框出</translation>
    </message>
    <message>
        <source>Add a face</source>
        <translation>添加人脸</translation>
    </message>
    <message>
        <source>Faces</source>
        <translation>人脸</translation>
    </message>
    <message>
        <source>Face {number}</source>
        <translation>人脸 {number}</translation>
    </message>
    <message>
        <source>Restoration</source>
        <translation>修复</translation>
    </message>
    <message>
        <source>Open a photo, and its faces appear here.</source>
        <translation>打开照片后，其中的人脸会显示在这里。</translation>
    </message>
    <message>
        <source>Looking for faces…</source>
        <translation>正在查找人脸…</translation>
    </message>
    <message>
        <source>The faces could not be looked for.</source>
        <translation>无法查找人脸。</translation>
    </message>
    <message>
        <source>No face was found. If there is one, take the plus sign and draw a box around it.</source>
        <translation>没有找到人脸。如果照片里有，请点加号并框出。</translation>
    </message>
    <message>
        <source>This photo is upside down.</source>
        <translation>这张照片上下颠倒。</translation>
    </message>
    <message>
        <source>This photo lies on its side.</source>
        <translation>这张照片横着。</translation>
    </message>
    <message>
        <source>Turn it upright</source>
        <translation>转正</translation>
    </message>
    <message>
        <source>A larger picture shows more of small faces.</source>
        <translation>放大后，小的人脸能显出更多细节。</translation>
    </message>
    <message>
        <source>Show it twice as large</source>
        <translation>放大到两倍</translation>
    </message>
    <message>
        <source>Show it four times as large</source>
        <translation>放大到四倍</translation>
    </message>
</context>
<context>
    <name>StatusBar</name>
    <message>
        <source>From the clipboard</source>
        <translation>来自剪贴板</translation>
    </message>
    <message>
        <source>What the model runs on</source>
        <translation>模型运行的设备</translation>
    </message>
    <message>
        <source>{time} ms</source>
        <translation>{time} 毫秒</translation>
    </message>
    <message>
        <source>Time of the last rendering</source>
        <translation>上次渲染用时</translation>
    </message>
    <message>
        <source>Opening…</source>
        <translation>正在打开…</translation>
    </message>
    <message>
        <source>Saving…</source>
        <translation>正在保存…</translation>
    </message>
    <message>
        <source>Looking for faces…</source>
        <translation>正在查找人脸…</translation>
    </message>
    <message>
        <source>Reading faces, {count} left…</source>
        <translation>正在读取人脸，还剩 {count} 张…</translation>
    </message>
</context>
<context>
    <name>Viewer</name>
    <message>
        <source>Before</source>
        <translation>修复前</translation>
    </message>
    <message>
        <source>After</source>
        <translation>修复后</translation>
    </message>
    <message>
        <source>Photo</source>
        <translation>照片</translation>
    </message>
    <message>
        <source>The photo before and after restoration; plus and minus zoom, arrow keys move it.</source>
        <translation>修复前后的照片；加号和减号缩放，方向键移动。</translation>
    </message>
</context>
<context>
    <name>Wording</name>
    <message>
        <source>less than a minute</source>
        <translation>不到一分钟</translation>
    </message>
    <message>
        <source>about {minutes} min</source>
        <translation>约 {minutes} 分钟</translation>
    </message>
    <message>
        <source>about {hours} h {minutes} min</source>
        <translation>约 {hours} 小时 {minutes} 分钟</translation>
    </message>
    <message>
        <source>about {days} days</source>
        <translation>约 {days} 天</translation>
    </message>
    <message>
        <source>{number} photos a second</source>
        <translation>每秒 {number} 张</translation>
    </message>
    <message>
        <source>{number} photos a minute</source>
        <translation>每分钟 {number} 张</translation>
    </message>
    <message>
        <source>automatic level</source>
        <translation>自动强度</translation>
    </message>
    <message>
        <source>automatic level {offset}</source>
        <translation>自动强度 {offset}</translation>
    </message>
    <message>
        <source>level {level}</source>
        <translation>强度 {level}</translation>
    </message>
    <message>
        <source>Like the photo</source>
        <translation>与照片相同</translation>
    </message>
    <message>
        <source>Twice as wide and high</source>
        <translation>宽高各两倍</translation>
    </message>
    <message>
        <source>Three times as wide and high</source>
        <translation>宽高各三倍</translation>
    </message>
    <message>
        <source>Four times as wide and high</source>
        <translation>宽高各四倍</translation>
    </message>
</context>
</TS>
